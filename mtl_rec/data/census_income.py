"""The UCI Census-Income (KDD) file: no header, 42 fields, one person a line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from mtl_rec.config.csv_text import CsvText
from mtl_rec.config.data import CensusIncome
from mtl_rec.data.files import readable, require_bytes
from mtl_rec.data.reading import csv_batches
from mtl_rec.errors import SchemaError

# In the order of the file; the names follow the archive's documentation.
FIELDS = (
    "age", "class_of_worker", "detailed_industry_recode",
    "detailed_occupation_recode", "education", "wage_per_hour",
    "enroll_in_edu_inst_last_wk", "marital_stat", "major_industry_code",
    "major_occupation_code", "race", "hispanic_origin", "sex",
    "member_of_a_labor_union", "reason_for_unemployment",
    "full_or_part_time_employment_stat", "capital_gains", "capital_losses",
    "dividends_from_stocks", "tax_filer_stat", "region_of_previous_residence",
    "state_of_previous_residence", "detailed_household_and_family_stat",
    "detailed_household_summary_in_household", "instance_weight",
    "migration_code_change_in_msa", "migration_code_change_in_reg",
    "migration_code_move_within_reg", "live_in_this_house_1_year_ago",
    "migration_prev_res_in_sunbelt", "num_persons_worked_for_employer",
    "family_members_under_18", "country_of_birth_father", "country_of_birth_mother",
    "country_of_birth_self", "citizenship", "own_business_or_self_employed",
    "fill_inc_questionnaire_for_veterans_admin", "veterans_benefits",
    "weeks_worked_in_year", "year", "income",
)  # fmt: skip
SOURCES_OF_LABELS = {"income_over_50k": "income", "never_married": "marital_stat"}


@dataclass(frozen=True)
class CensusFile:
    """The people of one file.

    Args:
        file: Plain or gzipped.
    """

    file: str

    @property
    def headers(self) -> Mapping[str, Sequence[str]]:
        """The fields and the two labels made of them."""
        return {self.file: (*FIELDS, *SOURCES_OF_LABELS)}

    def batches(
        self, columns: Sequence[str], max_rows: int
    ) -> Iterator[pa.RecordBatch]:
        """Reads the file from the start.

        Args:
            columns: Names of the fields and labels to read.
            max_rows: Rows of a batch at most.

        Raises:
            ArtifactError: The file is damaged.
            SchemaError: A line has too many fields or too few.
        """
        fields = sorted({SOURCES_OF_LABELS.get(column, column) for column in columns})
        for batch in self._batches_of_fields(fields, max_rows):
            values = {
                field: pc.utf8_trim_whitespace(batch.column(field)) for field in fields
            }
            yield pa.record_batch({c: _column(c, values) for c in columns})

    def _batches_of_fields(self, fields, max_rows) -> Iterator[pa.RecordBatch]:
        misfits: list[pacsv.InvalidRow] = []

        def stop_at(row: pacsv.InvalidRow) -> str:
            misfits.append(row)
            return "error"

        text = CsvText(header=FIELDS, quoted=False)
        with readable(self.file, "census-income"):
            try:
                yield from csv_batches(self.file, fields, max_rows, text, stop_at)
            except pa.ArrowInvalid as error:
                if not misfits:
                    raise
                raise SchemaError(
                    f"Every line of '{self.file}' must have {len(FIELDS)} fields "
                    f"separated by commas. Received: {misfits[0].actual_columns} in "
                    f"'{misfits[0].text[:80]}'."
                ) from error


def open_census_income(source: CensusIncome) -> CensusFile:
    """The file, not yet read.

    Raises:
        ArtifactError: There is no such file, or it is empty.
    """
    require_bytes(Path(source.path))
    return CensusFile(source.path)


def _column(name: str, values: Mapping[str, pa.Array]) -> pa.Array:
    match name:
        case "income_over_50k":
            return pc.match_substring(values["income"], "50000+").cast(pa.int8())
        case "never_married":
            return pc.equal(values["marital_stat"], "Never married").cast(pa.int8())
        case _:
            return values[name]
