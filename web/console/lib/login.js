// SPDX-License-Identifier: Apache-2.0
// Login by authorization code and PKCE (RFC 7636) as the client of the console. Tokens live in this
// module's memory alone: a reload asks the provider again, which knows the browser. The answer comes
// in the fragment, which no server logs. What is kept across the redirect is the request's state and
// verifier, once.
import { element } from "./elements.js";
import { client, page, realmAddress } from "./place.js";

const kept = "login";
const early = 10; // seconds before its end in which a token is no longer sent
let tokens = null;
let refreshing = null;

function encode(bytes) {
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

function random() {
  return encode(crypto.getRandomValues(new Uint8Array(32)));
}

function payload(token) {
  const part = token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(part), (c) => c.charCodeAt(0))));
}

export async function leave(more) {
  const request = { state: random(), verifier: random(), nonce: random(), wanted: location.hash };
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(request.verifier));
  sessionStorage.setItem(kept, JSON.stringify(request));
  location.replace(realmAddress("auth?") + new URLSearchParams({
    client_id: client, redirect_uri: page, response_type: "code", response_mode: "fragment", scope: "openid",
    state: request.state, nonce: request.nonce,
    code_challenge: encode(new Uint8Array(hash)), code_challenge_method: "S256", ...more,
  }));
}

async function ask(parameters) {
  const body = new URLSearchParams({ client_id: client, ...parameters });
  const asked = Date.now() / 1000;
  const answer = await fetch(realmAddress("token"), { method: "POST", body, credentials: "omit" });
  const json = await answer.json().catch(() => ({}));
  if (!answer.ok) {
    const error = new Error(json.error_description ?? json.error ?? `HTTP ${answer.status}`);
    error.refused = answer.status < 500;
    throw error;
  }
  tokens = { ...json, ends: asked + json.expires_in - early };
}

// False: the browser is on its way to the provider.
export async function logIn() {
  const answer = new URLSearchParams(location.hash.slice(1));
  const request = JSON.parse(sessionStorage.getItem(kept) ?? "null");
  if (!answer.has("state")) {
    await leave();
    return false;
  }
  sessionStorage.removeItem(kept);
  const fits = request !== null && request.state === answer.get("state");
  history.replaceState(null, "", location.pathname + (fits && request.wanted.startsWith("#/") ? request.wanted : ""));
  if (!fits) {
    await leave();
    return false;
  }
  if (!answer.has("code")) throw new Error(answer.get("error_description") ?? answer.get("error") ?? "no code");
  await ask({ grant_type: "authorization_code", code: answer.get("code"), redirect_uri: page, code_verifier: request.verifier });
  if (payload(tokens.id_token).nonce !== request.nonce) throw new Error("the ID token is of another login");
  return true;
}

async function refresh() {
  try {
    await ask({ grant_type: "refresh_token", refresh_token: tokens.refresh_token });
  } catch (error) {
    if (error.refused) {
      await leave(); // the session is over: whoever sits here signs in again, and comes back here
      await new Promise((go) => setTimeout(go, 3000)); // or stays, to keep what is not saved
    }
    throw error;
  } finally {
    refreshing = null;
  }
}

// `renew`: the API has refused the token that there is.
export async function accessToken(renew = false) {
  if (renew || Date.now() / 1000 > tokens.ends) await (refreshing ??= refresh());
  return tokens.access_token;
}

export function account() {
  const { preferred_username: username, name } = payload(tokens.id_token);
  return { name: name ?? username };
}

// By a form, so that the ID token is in no address.
export function logOut() {
  const given = { id_token_hint: tokens.id_token, client_id: client, post_logout_redirect_uri: page };
  const form = element("form", { method: "post" }, Object.entries(given).map(([name, value]) => element("input", { type: "hidden", name, value })));
  form.setAttribute("action", realmAddress("logout"));
  document.body.append(form);
  form.submit();
}
