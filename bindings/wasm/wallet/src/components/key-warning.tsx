// Under development keys proofs can be forged: said wherever an election is shown.

import type { Election } from "tabella";
import { useTranslator } from "../i18n/use.ts";
import { Alert } from "./alert.tsx";

export function KeyWarning({ election }: { election: Election }) {
    const t = useTranslator();
    if (election.keyProvenance === "ceremony") return null;
    return <Alert tone="warning">{t.text("election.insecure-keys")}</Alert>;
}
