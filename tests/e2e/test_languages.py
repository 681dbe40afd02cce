# SPDX-License-Identifier: LGPL-2.1-or-later
"""haulierctl speaks the language of the user, and a language that programs read does not depend on it."""

import pathlib
import subprocess

import pytest

from support.client.haulierctl import MISUSED, NO_SUCH_JOB
from support.environment import program

CATALOGUES = pathlib.Path(program("HAULIERCTL")).parents[2] / "po"


@pytest.fixture
def language(stack, tmp_path):
    """Makes environments for haulierctl. gettext translates nothing in the locale C, so a real one is made."""
    if not pathlib.Path("/usr/share/i18n/locales/de_DE").exists():
        pytest.skip("the package locales is not installed")
    subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", tmp_path / "de_DE.UTF-8"], check=True)

    # glibc does not free the list of directories that it makes of LOCPATH.
    asan = stack.env.get("ASAN_OPTIONS", "") + ":detect_leaks=0"

    def environment(languages: str, catalogues: pathlib.Path = CATALOGUES) -> dict[str, str]:
        return stack.env | {"ASAN_OPTIONS": asan, "LOCPATH": str(tmp_path), "LC_ALL": "de_DE.UTF-8", "LANGUAGE": languages,
                            "TEXTDOMAINDIR": str(catalogues)}

    return environment


@pytest.mark.parametrize("name, heading, state, unknown, misuse", [
    ("de", "Aufruf:", "angehalten", "es gibt keinen Auftrag 'nothing'", "'sometimes' ist keines von"),
    ("fr", "Commandes:", "suspendue", "il n’y a pas de tâche 'nothing'", "'sometimes' n’est pas l’un de"),
])
def test_people_are_addressed_in_their_language(stack, ctl, language, name, heading, state, unknown, misuse):
    job = stack.manager.create("job", Key="k", files=[("http://127.0.0.1:9/f", stack.downloads / "f")])
    env = language(name)
    helped = ctl("--help", env=env).out
    assert heading in helped and "Subcommands" not in helped
    assert state in ctl("list", env=env).out and state in ctl("show", "k", env=env).out
    assert unknown in ctl("show", "nothing", env=env, code=NO_SUCH_JOB).err
    assert misuse in ctl("set", "k", "Priority=sometimes", env=env, code=MISUSED).err
    assert "JOB" in ctl("show", env=env, code=MISUSED).err and "required" not in ctl("show", env=env, code=MISUSED).err
    assert "subcommand" not in ctl("credentials", env=env, code=MISUSED).err
    for words in (("list", "--json"), ("show", "k", "--json"), ("status", "--json"), ("set", "--list", "--json")):
        assert ctl(*words, env=env).json == ctl(*words).json
    ctl("cancel", job.id, env=env)


def test_without_a_language_everything_is_english(stack, ctl, language):
    english = ctl("--help").out
    assert "Usage:" in english
    for changes in ({"LC_ALL": "C"}, {"LANGUAGE": "xx"}, {"LC_ALL": "no_SUCH.locale"}):
        assert ctl("--help", env=language("de") | changes).out == english


def test_a_translation_that_does_not_fit_is_not_used(stack, ctl, language, tmp_path):
    (tmp_path / "bad.po").write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n'
        'msgid "there is no job \'{}\'; \'haulierctl list\' shows your jobs, and \'haulierctl history\' those that have ended"\n'
        'msgstr "kein Auftrag {7:d} {"\n\n'
        'msgid "There are no unfinished jobs.\\n"\nmsgstr "Keine {}.\\n"\n')
    target = tmp_path / "de" / "LC_MESSAGES"
    target.mkdir(parents=True)
    subprocess.run(["msgfmt", "-o", target / "haulier.mo", tmp_path / "bad.po"], check=True)
    told = ctl("show", "nothing", env=language("de", tmp_path), code=NO_SUCH_JOB).err
    assert told == ("haulierctl: there is no job 'nothing'; 'haulierctl list' shows your jobs, and 'haulierctl history' "
                    "those that have ended\n")
