"""What people may say of pictures: the options' classes, and the words of `foudre preprocess images`."""

from toolkit.declaration import Declaration
from toolkit.images.plan import ImageOptions
from toolkit.images.sources import ReadOptions

__all__ = ["DECLARATION"]

DECLARATION = Declaration(
    title="Turn pictures into one dataset file.",
    source="A folder a class (also inside train/, val/, test/); a table of paths and labels, .csv, .tsv, .json; annotations as COCO, "
    "Pascal VOC or YOLO have them; GTSRB, MNIST, CIFAR or Parquet files as distributed; or a .zip or .tar of one of these. --dry-run says "
    "what it is taken for.",
    examples=(
        "GTSRB signs.h5 --size 48",
        "photos/ photos.h5 --fit pad --split 0.8,0.2",
        "list.csv list.h5 --columns path=file",
    ),
    objects={"images": ImageOptions, "read": ReadOptions},
)
