# SPDX-License-Identifier: Apache-2.0
"""Where the pages are that we make: the API, the provider, and a realm of which nothing is left out; one of each for all tests."""

import json
import urllib.parse

import pytest
from asking_realm import ASKING

from document_server import DocumentServer
from mail_server import MailServer
from programs import Provider
from upstream import Upstream


@pytest.fixture(scope="session")
def realm_url(provider):
    return f"{provider.base}/realms/myrealm"


class Site:
    """What the ways to the pages need."""

    def __init__(self, api, realm_url, provider_base, plain_api, asking, documents, mails, upstream):
        self.api, self.realm, self.provider, self.plain = api, realm_url, provider_base, plain_api
        self.asking, self.documents, self.mails, self.upstream = asking, documents, mails, upstream

    def auth(self, **more):
        callback = f"{self.api}/auth"
        query = dict(client_id="myapi", redirect_uri=callback, response_type="code", scope="openid", state="s", **more)
        return f"{self.realm}/protocol/openid-connect/auth?" + urllib.parse.urlencode(query)


@pytest.fixture(scope="session")
def page_documents(tmp_path_factory):
    made = DocumentServer(tmp_path_factory.mktemp("documents"))
    yield made
    made.close()


@pytest.fixture(scope="session")
def page_mails():
    with MailServer() as server:
        yield server


@pytest.fixture(scope="session")
def page_upstream():
    made = Upstream()
    yield made
    made.close()


@pytest.fixture(scope="session")
def asking_file(tmp_path_factory, page_mails, page_upstream):
    """A realm whose client needs consent."""
    file = tmp_path_factory.mktemp("asking") / "asking-realm.json"
    long_name = "Bürgerkonto der Stadt & aller Gemeinden ringsum, " + "w" * 40
    providers = [page_upstream.config("staff", displayName="Staff of Example"), page_upstream.config("town", displayName=long_name)]
    file.write_text(json.dumps({**ASKING, "smtpServer": page_mails.setting(), "identityProviders": providers}))
    return file


@pytest.fixture(scope="session")
def asking_provider(asking_file, page_documents, tmp_path_factory):
    """One for all ways that leave its store as it was."""
    with Provider([asking_file], tmp_path_factory.mktemp("asked"), arguments=("--ca-file", page_documents.ca)) as program:
        yield program


@pytest.fixture
def site(items_api, realm_url, provider, new_items_api, new_provider, asking_provider, asking_file, page_documents, page_mails, page_upstream):
    """Makes a site; `anew`: what is done there leaves something behind."""

    def make(anew=False):
        def asking():
            program = new_provider([asking_file], ("--ca-file", page_documents.ca)) if anew else asking_provider
            return f"{program.base}/realms/asking"

        # Without assets of its own: as somebody first meets it.
        return Site(items_api.base, realm_url, provider.base, lambda: new_items_api(realm_url), asking, page_documents, page_mails, page_upstream)

    return make
