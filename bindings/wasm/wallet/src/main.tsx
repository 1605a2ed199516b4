// The page's entry.

import { render } from "preact";
import { App } from "./app.tsx";
import { startRouter } from "./router.ts";
import { watchNetwork } from "./store/network.ts";
import { applySettings } from "./store/settings.ts";
import "./style/tokens.css";
import "./style/base.css";
import "./style/layout.css";
import "./style/controls.css";
import "./style/ballot.css";
import "./style/result.css";
import { startOutbox } from "./vote/outbox.ts";

applySettings();
watchNetwork();
startRouter();
startOutbox();
const root = document.getElementById("app");
if (root) render(<App />, root);
