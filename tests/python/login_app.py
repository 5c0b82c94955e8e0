# SPDX-License-Identifier: Apache-2.0
"""What the items API of C is, as far as a browser's login goes, in FastAPI."""

import os
from typing import Annotated, Optional

from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import PlainTextResponse

import ostiary
from ostiary import Claims, Login
from ostiary.fastapi import OIDC

oidc = OIDC(
    os.environ["ISSUER"],
    os.environ["AUDIENCE"],
    base_url=os.environ.get("BASE_URL"),
    discovery_url=os.environ.get("DISCOVERY_URL"),
    tenants=os.environ.get("TENANT"),
    login=Login(
        "myapi",
        os.environ.get("CLIENT_SECRET"),
        cookie_secret=os.environ["COOKIE_SECRET"],
        resource=os.environ.get("LOGIN_RESOURCE"),
    ),
)
app = FastAPI(middleware=oidc.middleware, lifespan=oidc.lifespan)
app.include_router(oidc.router)
Signed = Annotated[Claims, Depends(oidc)]


@app.head("/items/", include_in_schema=False)
@app.get("/items/")
async def read_items(claims: Signed):
    return {"message": f"Hello user {claims.subject}! This is a protected resource!"}


@app.post("/items/")
async def add_item(claims: Signed):
    return {"added": claims.subject}


@app.get("/admin/", dependencies=[Depends(oidc.require(realm_roles=["emperor"]))])
async def administer():
    return {}


@app.get("/strong/", dependencies=[Depends(oidc.require(acr_values=["gold"]))])
async def strong():
    return {}


@app.get("/who/")
async def who(claims: Annotated[Optional[Claims], Depends(oidc.optional)]):
    return {"who": claims and claims.subject}


@app.get("/own-answer/")
async def own_answer(claims: Signed):
    return PlainTextResponse("as it is")


@app.get("/gone/")
async def gone(claims: Signed):
    raise HTTPException(410)


@app.get("/version/")
async def version():
    return ostiary.__version__
