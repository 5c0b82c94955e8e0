# SPDX-License-Identifier: Apache-2.0
"""A peer of api-guarded: FastAPI with PyJWT at its best, the keys fetched and parsed once, nothing handed to
threads."""

import os

import jwt
import requests
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer

ISSUER = os.environ["ISSUER"]
AUDIENCE = os.environ["AUDIENCE"]
CERTS = requests.get(f"{ISSUER}/protocol/openid-connect/certs", timeout=10).json()
KEYS = {key.key_id: key for key in jwt.PyJWKSet.from_dict(CERTS).keys}

app = FastAPI()
oauth2_scheme = OAuth2PasswordBearer(tokenUrl=f"{ISSUER}/protocol/openid-connect/token")


async def current_user(token: str = Depends(oauth2_scheme)) -> dict:
    try:
        key = KEYS[jwt.get_unverified_header(token)["kid"]]
        return jwt.decode(token, key, algorithms=["RS256"], audience=AUDIENCE, issuer=ISSUER)
    except (jwt.InvalidTokenError, KeyError) as error:
        raise HTTPException(401, headers={"WWW-Authenticate": "Bearer"}) from error


@app.get("/public/")
async def public():
    return {"message": "Hello anonymous user!"}


@app.get("/items/")
async def items(user: dict = Depends(current_user)):
    return {"message": f"Hello user {user['sub']}! This is a protected resource!"}
