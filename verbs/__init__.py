"""What stands behind each verb of the command; `foudre.py` lists them, and imports one when it is called."""
