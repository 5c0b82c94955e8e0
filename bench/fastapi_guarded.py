# SPDX-License-Identifier: Apache-2.0
"""The peer of api-guarded: FastAPI with python-jose at its best in common use, the key set fetched once
and kept as a dict, nothing handed to threads. (tests/interop/fastapi_app fetches it on every request, as
many programs do.)"""

import os

import requests
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer
from jose import JWTError, jwt

ISSUER = os.environ["ISSUER"]
AUDIENCE = os.environ["AUDIENCE"]
KEYS = requests.get(f"{ISSUER}/protocol/openid-connect/certs", timeout=10).json()

app = FastAPI()
oauth2_scheme = OAuth2PasswordBearer(tokenUrl=f"{ISSUER}/protocol/openid-connect/token")


async def current_user(token: str = Depends(oauth2_scheme)) -> dict:
    try:
        return jwt.decode(token, KEYS, algorithms=["RS256"], audience=AUDIENCE, issuer=ISSUER)
    except JWTError as error:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"}) from error


@app.get("/public/")
async def public():
    return {"message": "Hello anonymous user!"}


@app.get("/items/")
async def items(user: dict = Depends(current_user)):
    return {"message": f"Hello user {user['sub']}! This is a protected resource!"}
