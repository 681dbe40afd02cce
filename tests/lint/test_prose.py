# SPDX-License-Identifier: LGPL-2.1-or-later
"""Words and messages: standard terms instead of images, roles instead of "somebody", and one style for errors."""

import re

import pytest

from support.environment import SOURCE

# Each with the term that says the same.
WORDS = {
    "crew": "worker pool", "crews": "worker pools", "hand": "worker", "hands": "workers", "hire": "launch", "hired": "launched",
    "hiring": "launching", "voice": "session bus caller", "voices": "session bus callers", "wish": "setting or request",
    "wishes": "settings or requests", "yard": "context", "mercy": "exception", "undertaker": "removal", "hearsay": "report",
    "gate": "filter", "gates": "filters", "crowd": "many callers", "ledger": "commit queue", "told.cpp": "wait_reason.cpp",
    "rooms": "modules", "to the room": "to the module", "somebody": "a role, such as client or owner",
    "nobody": "no client, no user", "for who": "for the user who", "is had": "exists", "be it": "whether", "lest": "so that ... not",
}
# The usual meanings of these words.
ALLOWED = ["by hand", "in hand", "change hands", "changes hands", "change of hands", "hand over", "hands over", "hand_over", "hand on",
           "hands on", "hand back", "hands the", "hands a", "nobody (65534)", "user as nobody"]

# Between the words of a phrase there may be a line break, with the mark of a comment.
GAP = r"\s+(?:(?://+|--|#|\*)\s*)?"


def phrase(words: str) -> str:
    """Matches whole words, also as parts of snake_case and CamelCase names."""
    first, rest = words[0], GAP.join(re.escape(word) for word in words[1:].split(" "))
    return rf"(?:(?<![A-Za-z])[{first}{first.upper()}]|(?<=[a-z]){first.upper()}){rest}(?![a-z])"


FORBIDDEN = re.compile("|".join(f"(?P<_{i}>{phrase(word)})" for i, word in enumerate(WORDS)))
USUAL = re.compile("|".join(phrase(words) if words[-1].isalpha() else re.escape(words) for words in ALLOWED))
SUFFIXES = (".cpp", ".hpp", ".build", ".proto", ".sql", ".py", ".md", ".scd", ".xml", ".conf", ".policy", ".rules", ".in", ".service")


def texts():
    for folder in ("src", "docs", "dbus"):
        yield from (path for path in sorted((SOURCE / folder).rglob("*")) if path.suffix in SUFFIXES)
    yield from (SOURCE / name for name in ("README.md", "ARCHITECTURE.md", "HACKING.md", "NEWS.md"))


def at(path, text: str, offset: int) -> str:
    return f"{path.relative_to(SOURCE)}:{text.count(chr(10), 0, offset) + 1}"


def private_words(text: str):
    """Offset and word of each."""
    usual = [match.span() for match in USUAL.finditer(text)]
    for match in FORBIDDEN.finditer(text):
        if not any(begin <= match.start() < end for begin, end in usual):
            yield match.start(), list(WORDS)[int(match.lastgroup[1:])]


@pytest.mark.parametrize("text", ["the crew", "take_wishes(", "ServiceVoice", "// for\n// who asks", "Nobody", "a dead hand,"])
def test_the_list_of_words_finds(text):
    assert list(private_words(text))


@pytest.mark.parametrize("text", ["a gateway", "aggregate", "handle", "started by hand", "for whom", "the user nobody (65534)", "latest"])
def test_the_list_of_words_lets_pass(text):
    assert not list(private_words(text))


def test_text_and_code_use_standard_terms():
    faults = [f"{at(path, text, offset)}: '{word}' (rather: {WORDS[word]})"
              for path in texts() for text in [path.read_text()] for offset, word in private_words(text)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("page", [*SOURCE.glob("*.md"), *(SOURCE / "docs").glob("*.md")], ids=lambda page: page.stem)
def test_files_that_the_documentation_names_exist(page):
    named = set(re.findall(r"`((?:src|tests|tools|docs|dbus|systemd|packaging|completions|examples)/[\w./*-]+)`", page.read_text()))
    assert not sorted(name for name in named if not list(SOURCE.glob(name.rstrip("/").replace("_N.", "_*."))))


LITERAL = r'"(?:[^"\\\n]|\\.)*"'
TOKEN = re.compile(rf"(?P<text>{LITERAL}(?:\s*{LITERAL})*)|(?P<other>//[^\n]*|/\*.*?\*/|'(?:[^'\\\n]|\\.)*')", re.S)
# Members of the D-Bus interfaces that look like other words.
NAMES = {"Checksum", "Complete", "Description", "Existing", "Files", "Key", "Mirrors", "Priority", "Ranges", "Resume", "Size", "Suspend"}
# In the programs for people only what they fail with is a message of this kind.
FAILURE = re.compile(r"(?:(?:Error|Failure)\{|usage_error\()[^;\"]*$", re.S)


def messages(path, code: str):
    """Offset and content of the literals of a source file that are sentences, with adjacent literals joined."""
    for match in TOKEN.finditer(code):
        if match["text"]:
            content = "".join(literal[1:-1] for literal in re.findall(LITERAL, match["text"]))
            is_checked = not {"browser", "cli", "desktop"}.intersection(path.parts) or FAILURE.search(code[max(0, match.start() - 200):match.start()])
            if " " in content and "\\n" not in content and is_checked:
                yield match.start(), content


def style_fault(content: str) -> str:
    first = re.match(r"([A-Z][a-z]*) ", content)
    if first and first[1] not in NAMES:
        return "begins with a capital letter"
    if content.endswith(".") or re.search(r"[a-z}]\. [A-Z]", content):
        return "is a sentence with a full stop"
    return "has typographic quotes" if re.search("[“”‘’]", content) else ""


def test_messages_are_clauses_in_lower_case():
    """The program that shows a message puts its own name or the job's before it."""
    faults = [f"{at(path, code, offset)}: {why}: {content[:80]}"
              for path in sorted((SOURCE / "src").rglob("*.[ch]pp")) for code in [path.read_text()]
              for offset, content in messages(path, code) if (why := style_fault(content))]
    assert not faults, "\n".join(faults)
