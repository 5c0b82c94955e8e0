// SPDX-License-Identifier: Apache-2.0
"use strict";
const form = document.querySelector("form[data-options]");
const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const text = (buffer) =>
  btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const keys = (list) => (list ?? []).map((key) => ({ ...key, id: bytes(key.id) }));

// What the page was sent, as the browser wants it.
function options() {
  const asked = JSON.parse(form.dataset.options);
  asked.challenge = bytes(asked.challenge);
  if (form.dataset.use === "create") {
    asked.user.id = bytes(asked.user.id);
    asked.excludeCredentials = keys(asked.excludeCredentials);
    return navigator.credentials.create({ publicKey: asked });
  }
  asked.allowCredentials = keys(asked.allowCredentials);
  return navigator.credentials.get({ publicKey: asked });
}

function fill(made) {
  const answer = made.response;
  const values = {
    clientDataJSON: answer.clientDataJSON,
    attestationObject: answer.attestationObject,
    authenticatorData: answer.authenticatorData,
    signature: answer.signature,
    userHandle: answer.userHandle,
    credentialId: made.rawId,
    publicKeyCredentialId: made.rawId,
  };
  for (const [name, value] of Object.entries(values)) {
    if (value && form.elements[name]) form.elements[name].value = text(value);
  }
  if (answer.getTransports) form.elements.transports.value = answer.getTransports().join(",");
}

form.addEventListener("submit", async (event) => {
  if (event.submitter?.name) return; // it is to be left undone
  event.preventDefault();
  event.submitter.disabled = true;
  try {
    fill(await options());
  } catch (error) {
    form.elements.error.value = error.name;
  }
  form.submit();
});
document.getElementById("kc-unsupported").hidden = Boolean(window.PublicKeyCredential);
