// SPDX-License-Identifier: Apache-2.0
// Requests in the person's name, with JSON in and out.
import { accessToken } from "./login.js";
import { text } from "./text.js";

async function send(method, url, body, token, failure) {
  const headers = { Authorization: `Bearer ${token}`, Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    return await fetch(url, {
      method, headers, credentials: "omit", cache: "no-store", body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw failure(0, { error: text("error.network"), error_message: text("error.network") });
  }
}

// The answer's JSON (null: there is none) and where what was made is. `failure` makes an error of a status and an answer.
export async function request(method, url, body, failure) {
  let answer = await send(method, url, body, await accessToken(), failure);
  if (answer.status === 401) answer = await send(method, url, body, await accessToken(true), failure);
  const told = await answer.text();
  let json = null;
  try {
    json = told === "" ? null : JSON.parse(told);
  } catch {
    // An error page of something in between: the status tells enough.
  }
  if (!answer.ok) throw failure(answer.status, json ?? {});
  return { json, location: answer.headers.get("Location") };
}
