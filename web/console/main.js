// SPDX-License-Identifier: Apache-2.0
// The console starts: sign in, then show the page that the address names.
import { startShell } from "./lib/shell.js";
import { start } from "./lib/start.js";
import { pages } from "./pages/pages.js";

await start(() => startShell(pages));
