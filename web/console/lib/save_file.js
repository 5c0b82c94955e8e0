// SPDX-License-Identifier: Apache-2.0
// Lets the browser save something as a file of JSON.
export function saveFile(name, value) {
  const address = URL.createObjectURL(new Blob([`${JSON.stringify(value, null, 2)}\n`], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
