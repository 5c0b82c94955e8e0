// SPDX-License-Identifier: Apache-2.0
// What pages are made of.
export * from "./access.js";
export * from "./api.js";
export * from "./dialog.js";
export * from "./elements.js";
export * from "./form.js";
export * from "./mappers.js";
export * from "./notice.js";
export * from "./roles.js";
export * from "./shell.js";
export * from "./table.js";
export * from "./text.js";
