# SPDX-License-Identifier: Apache-2.0
"""What MkDocs is told about this repository: pages that lie outside docs/, and links that lead out of it.

A link is written as it works in the repository. Here one to another page becomes one to that page, and one to a
file or folder that is no page becomes one to the repository.
"""

import os.path
import pathlib
import re
import shutil
import subprocess

from mkdocs.structure.files import File

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
BESIDE = ("CHANGELOG.md", "CONTRIBUTING.md", "RELEASING.md", "SECURITY.md")
MANUAL = "man/ostiary.1"
LINK = re.compile(r"\]\(([^()\s#]+)(#[^()\s]*)?\)")
WORDS_OF_TESTS = re.compile(r"^(```\w+) \w+$", re.MULTILINE)  # "```python after" says which code a test takes


def manual():
    """The manual page as Markdown. Its title is said by the page, and its foot is of the system that made it."""
    done = subprocess.run(["mandoc", "-T", "markdown", DOCS / MANUAL], check=True, capture_output=True, text=True)
    lines = done.stdout.strip().splitlines()[1:-1]
    return "# The manual: ostiary(1)\n" + "\n".join("#" + line if line.startswith("#") else line for line in lines)


def on_files(files, config):
    for name in BESIDE:
        files.append(File.generated(config, name, abs_src_path=str(ROOT / name)))
    files.append(File.generated(config, "man/ostiary.md", content=manual()))
    return files


def source(page):
    """Where the text of a page lies in the repository."""
    return ROOT / page.file.src_uri if page.file.src_uri in BESIDE else DOCS / page.file.src_uri


def place(path, config, files):
    """What leads to a file of the repository: the name of a page, or an address; None if there is no such file."""
    inside = os.path.relpath(path, ROOT)
    if inside in BESIDE:
        return inside
    if path == str(DOCS / MANUAL):
        return "man/ostiary.md"
    if path.startswith(f"{DOCS}/") and files.get_file_from_path(os.path.relpath(path, DOCS)):
        return os.path.relpath(path, DOCS)
    if inside.startswith("..") or not os.path.exists(path):
        return None
    return f"{config.extra['repository']}/{'tree' if os.path.isdir(path) else 'blob'}/main/{inside}"


def on_page_markdown(markdown, page, config, files):
    here = source(page)

    def led(match):
        target, anchor = match[1], match[2] or ""
        if "://" in target or target.startswith("mailto:"):
            return match[0]
        where = place(os.path.normpath(here.parent / target), config, files)
        if where is None:
            return match[0]  # MkDocs tells of it, and the build ends
        if "://" not in where:
            where = os.path.relpath(where, os.path.dirname(page.file.src_uri))
        return f"]({where}{anchor})"

    return LINK.sub(led, WORDS_OF_TESTS.sub(r"\1", markdown))


def on_post_build(config):
    """Takes away what the theme brings and no page asks for: the search of other languages, maps of its sources."""
    site = pathlib.Path(config.site_dir)
    shutil.rmtree(site / "assets" / "javascripts" / "lunr")
    for file in site.rglob("*.map"):
        file.unlink()
