"""Networks, tasks and the verbs that train and use them; a dataset file and `datamodules` come before, `verbs` above."""
