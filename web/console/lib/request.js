// SPDX-License-Identifier: Apache-2.0
// Requests in the person's name, with JSON in and out.
import { accessToken } from "./login.js";
import { text } from "./text.js";

const saying = (key) => ({ error: text(key), error_message: text(key) });

async function send(method, url, body, renew, failure, credentials) {
  try {
    const headers = { Authorization: `Bearer ${await accessToken(renew)}`, Accept: "application/json" };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    return await fetch(url, {
      method, headers, credentials, cache: "no-store", body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    throw error.refused ? error : failure(0, saying(error.refused === false ? "error.busy" : "error.network"));
  }
}

// The answer's JSON (null: there is none) and where what was made is. `failure` makes an error of a status and an answer;
// cookies go with a request, and come with its answer, where `credentials` says so.
export async function request(method, url, body, failure, credentials = "omit") {
  let answer = await send(method, url, body, false, failure, credentials);
  if (answer.status === 401) answer = await send(method, url, body, true, failure, credentials);
  const told = await answer.text();
  let json = null;
  try {
    json = told === "" ? null : JSON.parse(told);
  } catch {
    // An error page of something in between: the status tells enough.
  }
  if (!answer.ok) throw failure(answer.status, answer.status === 503 ? saying("error.busy") : json ?? {});
  return { json, location: answer.headers.get("Location") };
}
