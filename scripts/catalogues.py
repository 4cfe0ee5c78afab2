"""The gettext catalogues: `extract`, `update`, `compile [FILE...]`, `check`.

The code's messages (English) are collected in locales/catalogues/sportello.pot and translated in
locales/catalogues/LANGUAGE/LC_MESSAGES/sportello.po. A translation by machine carries the translator's comment
`# draft` until a person has read it; `check` counts those. Headers hold no dates and no line numbers are kept, so that
a catalogue changes only when its words do.
"""

# ruff: noqa: T201, a script speaks by printing

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from string import Formatter

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from locales.languages import SOURCE, SPOKEN, STAFF

ROOT = Path(__file__).parent.parent
CATALOGUES = ROOT / "locales" / "catalogues"
DOMAIN = "sportello"
TEMPLATE = CATALOGUES / f"{DOMAIN}.pot"

PLACES = ("bot", "flows", "locales", "services_directory")
METHODS = [("**.py", "python"), ("**.html", "jinja2")]
OPTIONS = {"**.html": {"silent": "false"}}
KEYWORDS = {"_": None, "_n": (1, 2)}
NOTES = ("NOTE:",)
"""A comment above a message that begins with this word reaches the translators."""

UNFINISHED: frozenset[str] = frozenset()
"""Languages being translated: their missing messages are counted by `check`, not refused."""

STAFF_PAGES = frozenset(
    f"services_directory/{path}.py"
    for path in (
        "console/activity_words", "console/edits", "console/inputs", "console/office_words", "console/staff_words",
        "console/week", "desk/consistency", "elsewhere/staff_words", "exchange/certificate_words", "exchange/columns",
        "exchange/importing", "exchange/spreadsheet", "store/faults", "store/parts", "store/records",
    )
)  # fmt: skip
"""Words of these modules alone are translated into the languages of the staff only."""

DRAFT = "draft"
HEADER_LINES = ("Language:", "Plural-Forms:", "MIME-Version:", "Content-Type:", "Content-Transfer-Encoding:")


def main() -> int:
    """Run one command; 0 when all is well."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("extract", "update", "compile", "check"))
    parser.add_argument("files", nargs="*", type=Path, help="for compile: these .po files (default: all)")
    chosen = parser.parse_args()
    match chosen.command:
        case "extract":
            TEMPLATE.write_bytes(written(extracted()))
        case "update":
            update()
        case "compile":
            compile_all(chosen.files or sorted(CATALOGUES.glob(f"*/LC_MESSAGES/{DOMAIN}.po")))
        case _:
            return check()
    return 0


def extracted() -> Catalog:
    """The messages of the code. Raises SystemExit when there are none: a scan that finds nothing is broken."""
    template = Catalog(charset="utf-8", fuzzy=False)
    template.header_comment = "# The messages of the code, made by `make catalogues`."
    for place in PLACES:
        found = extract_from_dir(ROOT / place, METHODS, OPTIONS, KEYWORDS, NOTES, strip_comment_tags=False)
        for file, _line, message, comments, context in found:
            template.add(message, locations=[(f"{place}/{file}", 0)], auto_comments=comments, context=context)
    if not len(template):
        raise SystemExit("No message was found in the code.")
    return template


def update() -> None:
    """Bring every language's catalogue to the messages of the template; new languages of the house get theirs."""
    with TEMPLATE.open("rb") as file:
        template = read_po(file)
    for language, path in expected().items():
        catalogue = read(path, language) if path.is_file() else Catalog(locale=language, fuzzy=False)
        catalogue.header_comment = f"# {Locale.parse(language).english_name}."
        catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False)
        catalogue.obsolete.clear()  # git remembers them
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(written(catalogue))


def compile_all(paths: Iterable[Path]) -> None:
    """Make the .mo files that the program reads."""
    for path in paths:
        language = path.parent.parent.name
        catalogue = read(path, language)
        whole = BytesIO()
        write_mo(whole, catalogue)
        path.with_suffix(".mo").write_bytes(whole.getvalue())
        done = sum(is_translated(message) for message in messages(catalogue))
        print(f"Compiling the catalogue of {Locale.parse(language).english_name}: {done} of {len(catalogue)} messages")


def check() -> int:
    """Say every fault of the catalogues; 1 when there is any."""
    template = extracted()
    faults: list[str] = []
    if not TEMPLATE.is_file() or TEMPLATE.read_bytes() != written(template):
        faults.append(f"{TEMPLATE.relative_to(ROOT)} is behind the code: run `make catalogues`.")
    for language, path in expected().items():
        if not path.is_file():
            faults.append(f"{path.relative_to(ROOT)} is missing: run `make catalogues` and translate it.")
            continue
        catalogue = read(path, language)
        faults += [f"{language}: {fault}" for fault in faults_of(catalogue, template, language)]
        missing = sum(not is_translated(message) for message in messages(catalogue))
        drafts = sum(is_draft(message) for message in messages(catalogue))
        print(f"{language}: {len(catalogue)} messages, {missing} untranslated, {drafts} drafts to be reviewed")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


def faults_of(catalogue: Catalog, template: Catalog, language: str) -> Iterator[str]:
    """What is wrong in one language's catalogue."""
    keys = {key(message) for message in messages(template)}
    if keys != {key(message) for message in messages(catalogue)}:
        yield "its messages are not those of the code: run `make catalogues`."
    for message in messages(catalogue):
        shown = source_forms(message)[0]
        if message.fuzzy:
            yield f"{shown!r} is marked fuzzy: read it, and take the mark away."
        if not is_translated(message):
            if language not in UNFINISHED and (language in STAFF or not is_for_staff(message)):
                yield f"{shown!r} is not translated."
            continue
        yield from (f"{shown!r}: {fault}" for fault in placeholder_faults(message))


def placeholder_faults(message: Message) -> Iterator[str]:
    """Named values that a translation has lost, invented or broken; a plural form may say its number in a word."""
    forms = source_forms(message)
    wanted = set[str]().union(*map(placeholders, forms))
    spare = {"count"} if len(forms) > 1 else set()
    for words in translated_forms(message):
        try:
            got = placeholders(words)
        except ValueError as problem:
            yield f"{words!r}: {problem}."
            continue
        if lost := wanted - got - spare:
            yield f"{words!r} lacks {', '.join(f'{{{name}}}' for name in sorted(lost))}."
        if invented := got - wanted:
            yield f"{words!r} has {', '.join(f'{{{name}}}' for name in sorted(invented))}, which the message has not."


def placeholders(words: str) -> set[str]:
    """The names of the values in a message. Raises ValueError when its braces do not match."""
    return {name for _text, name, _format, _conversion in Formatter().parse(words) if name is not None}


def messages(catalogue: Catalog) -> Iterator[Message]:
    """All but the header."""
    return (message for message in catalogue if message.id)


def key(message: Message) -> tuple[str | None, str]:
    """What a catalogue finds a message by."""
    return message.context, "\0".join(source_forms(message))


def source_forms(message: Message) -> tuple[str, ...]:
    """The English words: singular and plural, or only the one."""
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def translated_forms(message: Message) -> tuple[str, ...]:
    """The translation: a form for each of the language's plurals, or only the one."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string or ("",))


def is_translated(message: Message) -> bool:
    """Whether every form has words."""
    return all(translated_forms(message))


def is_draft(message: Message) -> bool:
    """Whether a machine translated it and nobody has read it yet."""
    return any(comment.startswith(DRAFT) for comment in message.user_comments)


def is_for_staff(message: Message) -> bool:
    """Whether only the pages of staff say it."""
    return {place for place, _line in message.locations} <= STAFF_PAGES


def expected() -> dict[str, Path]:
    """The catalogue of every language: those that are offered, and those that somebody has begun."""
    begun = {path.parent.parent.name for path in CATALOGUES.glob(f"*/LC_MESSAGES/{DOMAIN}.po")}
    languages = sorted({*SPOKEN, *begun} - {SOURCE})
    return {language: CATALOGUES / language / "LC_MESSAGES" / f"{DOMAIN}.po" for language in languages}


def read(path: Path, language: str) -> Catalog:
    """A language's catalogue; a broken file raises."""
    with path.open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


def written(catalogue: Catalog) -> bytes:
    """The file: sorted, a line a message, without whatever changes by itself."""
    whole = BytesIO()
    write_po(whole, catalogue, width=0, sort_output=True, include_lineno=False)
    header, _blank, rest = whole.getvalue().decode().partition("\n\n")
    kept = [line for line in header.split("\n") if not line.startswith('"') or line[1:].startswith(HEADER_LINES)]
    return "\n\n".join(("\n".join(kept), rest)).encode()


if __name__ == "__main__":
    sys.exit(main())
