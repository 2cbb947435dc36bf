import { render } from "preact";
import { App } from "./app.tsx";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/layout.css";
import "./styles/parts.css";
import "./styles/pages.css";

const holder = document.getElementById("ledger");
if (holder === null) throw new Error("index.html has no place for the ledger");
render(<App />, holder);
