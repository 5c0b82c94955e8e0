# SPDX-License-Identifier: Apache-2.0
"""The documentation as a site (script/site): it builds without a warning, two clicks lead to every page, nothing is loaded
from outside. How a browser shows it is in tests/browser/test_site.py."""

import json
import os
import re
import subprocess
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

import documentation
import pytest
from documentation import SETTINGS
from needs import must_have
from peers import PROJECT

LOADS = {"src", "srcset", "data", "poster", "background", "action", "formaction", "manifest"}


@pytest.fixture(scope="module")
def mkdocs():
    return must_have(documentation.mkdocs)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return must_have(lambda: documentation.built(tmp_path_factory.mktemp("site") / "built"))


class Page(HTMLParser):
    """What a page loads, where its text (its article) leads, and how a browser is to treat it."""

    def __init__(self, file):
        super().__init__()
        self.loaded, self.links, self.policy, self.within = [], [], None, 0
        self.feed(file.read_text())

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.within += tag == "article"
        if tag == "meta" and given.get("http-equiv") == "Content-Security-Policy":
            assert not self.loaded, "the policy comes too late"
            self.policy = given["content"]
        if tag == "a" and self.within:
            self.links.append(given.get("href", ""))
        self.loaded += [given[name] for name in LOADS & given.keys()]
        if tag == "link" and given.get("rel") not in ("canonical", "next", "prev"):
            self.loaded.append(given.get("href", ""))
        self.loaded += re.findall(r"url\(([^)]*)\)", given.get("style") or "")

    def handle_endtag(self, tag):
        self.within -= tag == "article"


def pages(site):
    return {file.relative_to(site).as_posix(): Page(file) for file in site.rglob("*.html")}


def followed(page, links):
    """The pages of the site to which links of a page lead."""
    return {urljoin(page, unquote(urlsplit(link).path)) for link in links if link and not urlsplit(link).netloc}


def test_two_clicks_lead_from_the_start_to_every_page(site):
    found = pages(site)
    once = followed("index.html", found["index.html"].links) & found.keys()
    twice = {page for one in once for page in followed(one, found[one].links)}
    assert len(found) > len(list((PROJECT / "docs").rglob("*.md")))
    assert found.keys() - once - twice - {"index.html", "404.html"} == set()


def test_nothing_is_loaded_from_outside(site):
    for name, page in pages(site).items():
        assert page.loaded, name
        assert page.policy.startswith("default-src 'none'") and "://" not in page.policy, name
        assert [one for one in page.loaded if urlsplit(one).scheme not in ("", "data") or one.startswith("//")] == [], name
    sheets = list(site.rglob("*.css"))
    assert sheets
    for sheet in sheets:
        for target in re.findall(r"(?:url\(|@import\s*)['\"]?([^'\")]*)", sheet.read_text()):
            assert target.startswith("data:") or not re.match(r"[a-z]+:|//", target), (sheet, target)


def test_every_page_can_be_searched(site):
    found = {entry["location"].split("#")[0] for entry in json.loads((site / "search/search_index.json").read_text())["docs"]}
    assert pages(site).keys() - {"404.html"} == found


@pytest.mark.parametrize(
    ("file", "text", "told"),
    [
        ("usage.md", "[away](nowhere.md)", "nowhere.md"),
        ("usage.md", "[away](#nowhere)", "no such anchor"),
        ("forgotten.md", "Nobody leads here.", "not included in the \"nav\""),
    ],
)
def test_what_leads_nowhere_ends_the_build(mkdocs, tmp_path, file, text, told):
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "usage.md").write_text("# Usage\n")
    (docs / "index.md").write_text("# Start\n\n[usage](usage.md)\n")
    (docs / file).write_text(f"# Title\n\n{text}\n")
    ours = f"INHERIT: {SETTINGS}\ndocs_dir: docs\nhooks: []\nnav: [index.md, usage.md]\n"
    ours += f"theme: {{custom_dir: {SETTINGS.parent}/theme}}\n"
    (tmp_path / "mkdocs.yml").write_text(ours)
    done = subprocess.run(
        [mkdocs, "build", "--strict", "-f", tmp_path / "mkdocs.yml", "-d", tmp_path / "site"],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
    )
    assert done.returncode != 0 and told in done.stderr, done.stderr
