"""What people may say of series: the options' classes, and the words of `foudre preprocess series`."""

from toolkit.declaration import Declaration
from toolkit.series.options import SeriesOptions, SeriesReadOptions, SeriesSplitOptions

__all__ = ["DECLARATION"]

DECLARATION = Declaration(
    title="Turn series of numbers in time into one dataset file, each cut in order of time.\n\n"
    "Values are stored as read, rounded to float32, with what scales them fitted on train alone; windows are cut when a network is "
    "trained.",
    source="A table, .csv, .tsv or .parquet, with a column a variable or a row a value; several of them in a folder; .tsf files of Monash, "
    ".ts files of UEA and UCR, or SYNOP files of Météo-France; compressed, too. --dry-run says what it is taken for.",
    examples=(
        "ETTh1.csv e.h5 --time date --split rows:8640,2880,2880",
        "weather.csv w.h5 --time year,month,day,hour --gaps interpolate:3 --calendar hour,yearday",
        "sensors.parquet s.h5 --layout long --id station --time time --value value --target temperature",
    ),
    objects={"series": SeriesOptions, "read": SeriesReadOptions, "split": SeriesSplitOptions},
    shared=("write",),
)
