// SPDX-License-Identifier: Apache-2.0
// Passkeys among what a browser offers to fill in: one that is chosen signs in. Where nothing is chosen nothing happens.
const offer = document.querySelector("form[data-options]");
const decoded = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (c) => c.charCodeAt(0));
const encoded = (buffer) =>
  btoa(Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join(""))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

async function offerPasskeys() {
  const asked = JSON.parse(offer.dataset.options);
  const publicKey = { ...asked, challenge: decoded(asked.challenge), allowCredentials: [] };
  const used = await navigator.credentials.get({ publicKey, mediation: "conditional" });
  for (const name of ["clientDataJSON", "authenticatorData", "signature", "userHandle"]) {
    if (used.response[name]) offer.elements[name].value = encoded(used.response[name]);
  }
  offer.elements.credentialId.value = encoded(used.rawId);
  offer.submit();
}

if (offer)
  window.PublicKeyCredential?.isConditionalMediationAvailable?.()
    .then((available) => available && offerPasskeys())
    .catch(() => {}); // the page has a link, too
