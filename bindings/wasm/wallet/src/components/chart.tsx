// The result as bars. They repeat what the table below says, so screen readers are given the table only.

import type { Translator } from "../i18n/translate.ts";

export interface Row {
    readonly option: string;
    readonly votes: number;
    readonly winner: boolean;
}

export function Chart({ rows, t }: { rows: readonly Row[]; t: Translator }) {
    const sum = rows.reduce((all, row) => all + row.votes, 0);
    const most = Math.max(1, ...rows.map((row) => row.votes));
    return (
        <div class="chart" aria-hidden="true">
            {rows.map((row) => (
                <div class={row.winner ? "chart-row chart-winner" : "chart-row"} key={row.option}>
                    <div class="chart-words">
                        <span class="chart-option">{row.option}</span>
                        <span class="chart-votes">
                            {t.number(row.votes)} <small>{t.share(row.votes, sum)}</small>
                        </span>
                    </div>
                    <svg class="chart-bar" width="100%" height="20">
                        <rect class="chart-track" width="100%" height="20" rx="4" />
                        <rect class="chart-fill" width={`${(row.votes / most) * 100}%`} height="20" rx="4" />
                    </svg>
                </div>
            ))}
        </div>
    );
}

export function ResultTable({ rows, caption, t }: { rows: readonly Row[]; caption: string; t: Translator }) {
    const sum = rows.reduce((all, row) => all + row.votes, 0);
    return (
        <table class="result-table">
            <caption>{caption}</caption>
            <thead>
                <tr>
                    <th scope="col">{t.text("result.option")}</th>
                    <th scope="col" class="number">
                        {t.text("result.votes")}
                    </th>
                    <th scope="col" class="number">
                        {t.text("result.share")}
                    </th>
                </tr>
            </thead>
            <tbody>
                {rows.map((row) => (
                    <tr key={row.option}>
                        <th scope="row">
                            {row.option} {row.winner && <span class="tag">{t.text("result.winner")}</span>}
                        </th>
                        <td class="number">{t.number(row.votes)}</td>
                        <td class="number">{t.share(row.votes, sum)}</td>
                    </tr>
                ))}
            </tbody>
        </table>
    );
}
