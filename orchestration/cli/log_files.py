"""Dagster's log of a run, as a file that nobody reads until it is needed."""

import logging

import dagster as dg

from orchestration import dbt_env
from warehouse.paths import DataPaths


def file_logger(paths: DataPaths) -> dg.LoggerDefinition:
    @dg.logger(config_schema={"log_level": dg.Field(str, default_value="INFO")})
    def to_file(context: dg.InitLoggerContext) -> logging.Logger:
        """Writes `working/logs/dagster.log`, anew with every run."""
        logs = dbt_env.logs(paths)
        logs.mkdir(parents=True, exist_ok=True)
        logger = logging.Logger("pax_run", level=context.logger_config["log_level"])
        handler = logging.FileHandler(logs / "dagster.log", mode="w", encoding="utf-8")
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        logger.addHandler(handler)
        return logger

    return to_file
