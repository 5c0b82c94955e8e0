// SPDX-License-Identifier: Apache-2.0
"use strict";
const list = document.getElementById("kc-recovery-codes-list");
const codes = [...list.querySelectorAll("code")].map((code, at) => `${at + 1}: ${code.textContent}`);
const on = (name, act) => document.getElementById(`${name}RecoveryCodes`).addEventListener("click", act);

on("print", () => window.print());

on("download", () => {
  const when = new Date().toLocaleString(document.documentElement.lang || undefined);
  const { file, about, date } = list.dataset;
  const text = [file, "", ...codes, "", about, "", `${date} ${when}`, ""].join("\r\n");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
  link.download = "recovery-codes.txt";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
});

on("copy", async (event) => {
  const button = event.currentTarget;
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(codes.join("\n"));
  } else {
    // Not a secure context: what is selected can be copied.
    getSelection().selectAllChildren(list);
    document.execCommand("copy");
  }
  button.textContent = button.dataset.done;
});

document.getElementById("kc-recovery-codes-keep").hidden = false;
