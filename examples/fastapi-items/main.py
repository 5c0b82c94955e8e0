# SPDX-License-Identifier: Apache-2.0
"""An API with one open and one guarded route.

    pip install './python[fastapi]' uvicorn        (in the source tree)
    ISSUER=http://localhost:8080/realms/myrealm AUDIENCE=myapi uvicorn main:app --app-dir examples/fastapi-items
"""

import os
from typing import Annotated

from fastapi import Depends, FastAPI

from ostiary import Claims
from ostiary.fastapi import OIDC

oidc = OIDC(os.environ["ISSUER"], os.environ["AUDIENCE"])
app = FastAPI(title="Items API", lifespan=oidc.lifespan, swagger_ui_init_oauth=oidc.docs("items-docs"))
app.include_router(oidc.router)


@app.get("/public/")
async def read_public():
    return {"message": "Hello! This is a public resource."}


@app.get("/items/")
async def read_items(claims: Annotated[Claims, Depends(oidc)]):
    return {"message": f"Hello user {claims.subject}! This is a protected resource!"}
