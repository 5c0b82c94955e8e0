# SPDX-License-Identifier: Apache-2.0
"""The program that half the tutorials on FastAPI and Keycloak show: a bearer token, python-jose, the
provider's key set. It is a peer: what it accepts of Keycloak it has to accept of our provider."""

import os

import requests
from fastapi import Depends, FastAPI, HTTPException, status
from fastapi.security import OAuth2PasswordBearer
from jose import JWTError, jwt

ISSUER = os.environ.get("ISSUER", "http://localhost:8080/realms/myrealm")
AUDIENCE = os.environ.get("AUDIENCE", "myapi")

app = FastAPI(title="Items")
oauth2_scheme = OAuth2PasswordBearer(tokenUrl=f"{ISSUER}/protocol/openid-connect/token")


def key_set():
    answer = requests.get(f"{ISSUER}/protocol/openid-connect/certs", timeout=10)
    answer.raise_for_status()
    return answer.json()


def current_user(token: str = Depends(oauth2_scheme)) -> dict:
    try:
        return jwt.decode(token, key_set(), algorithms=["RS256"], audience=AUDIENCE, issuer=ISSUER)
    except JWTError as error:
        raise HTTPException(
            status_code=status.HTTP_401_UNAUTHORIZED,
            detail=f"Could not validate credentials: {error}",
            headers={"WWW-Authenticate": "Bearer"},
        ) from error


@app.get("/public/")
def public():
    return {"message": "Hello anonymous user!"}


@app.get("/items/")
def items(user: dict = Depends(current_user)):
    return {"message": f"Hello user {user['sub']}! This is a protected resource!"}
