"""`./dev manage bank_report`: what a bank of files holds, and where it falls short."""

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from exam.selectors.blueprints.stock import forms_in_stock
from questions.formats.checking import BankFileError
from questions.formats.folder import read_bank, read_record
from questions.stocktake import Stock, shortfalls, take_stock

PACKAGED = Path(settings.BASE_DIR) / "fixtures" / "mls-c01"


class Command(BaseCommand):
    """Reads the files, never the data base; ends with 1 if the bank falls short of its goals."""

    help = "Count a bank of files and say where it falls short of its goals.yaml."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The folder, and how to say it."""
        parser.add_argument("folder", type=Path, nargs="?", default=PACKAGED)
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *, folder: Path, **options: Any) -> None:
        """Counts, then what is short."""
        try:
            definition, drafts = read_bank(folder)
            goals, review = read_record(folder)
        except (OSError, BankFileError) as error:
            raise CommandError(f"The bank cannot be read. {error}") from error
        forms = forms_in_stock(definition, drafts, limit=2 * goals.forms)
        stock = take_stock(definition, drafts, review, forms)
        areas = {code: float(share) for code, share in definition.blueprints[0].area_mix.items()}
        short = shortfalls(stock, goals, areas)
        self.stdout.write(_as_json(stock, short) if options["json"] else _as_text(stock))
        if short:
            raise CommandError("The bank falls short:\n" + "\n".join(short), returncode=1)


def _as_json(stock: Stock, short: list[str]) -> str:
    return json.dumps({**asdict(stock), "short": short}, indent=2, ensure_ascii=False)


def _as_text(stock: Stock) -> str:
    lint, review = stock.lint, stock.review
    lines = [
        f"{stock.bank}: {stock.questions} questions, {stock.forms} disjoint forms",
        *_table("Domains", stock.domains, stock.questions),
        *_table("Sub-domains", stock.subdomains, stock.questions),
        *_table("Areas", stock.areas, stock.questions),
        *_table("Kinds", stock.kinds, stock.questions),
        *_table("Difficulty", stock.difficulty, stock.questions),
        *_table("Exhibits", stock.exhibits, stock.questions),
        "",
        f"With a deciding qualifier: {stock.qualifiers}",
        f"Linter: {lint.blocks} blocks, {lint.bank_warnings} warnings about the bank, "
        f"{lint.item_warnings} questions with a warning, {lint.remarks} remarks",
        f"Solved blind as they stand: {review.solved}, agreed {review.agreed}",
        f"Guessed from the options alone: {review.guessed} of {review.guessable}",
        "Proof of the key: " + ", ".join(f"{name} {count}" for name, count in review.proof.items()),
    ]
    return "\n".join(lines)


def _table(title: str, counts: Mapping[Any, int], whole: int) -> list[str]:
    return ["", f"{title} ({sum(counts.values())})"] + [
        f"  {name!s:24}{count:5}{100 * count / max(whole, 1):7.1f} %"
        for name, count in counts.items()
    ]
