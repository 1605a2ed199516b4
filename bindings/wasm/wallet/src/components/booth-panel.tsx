// The voting booth on the screen.

import type { Election, Identity } from "tabella";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { engine } from "../engine.ts";
import { useTranslator } from "../i18n/use.ts";
import { useLoaded } from "../store/load.ts";
import { Observable, useObservable } from "../store/observable.ts";
import { votes } from "../store/votes.ts";
import { Booth, type BoothView, type Notice } from "../vote/booth.ts";
import { formOf, numberOf, type Choice, type Method } from "../vote/selection.ts";
import { Alert } from "./alert.tsx";
import { Choices } from "./choices.tsx";
import { Failure } from "./failure.tsx";
import { OpenedBallot } from "./opened-ballot.tsx";
import { ProgressBar } from "./progress.tsx";
import { SealedBallot } from "./sealed-ballot.tsx";
import { Waiting } from "./waiting.tsx";

const ENTERING = new Observable<BoothView>({ at: "entering" });

export function BoothPanel({ election, identity }: { election: Election; identity: Identity }) {
    const [round, setRound] = useState(0);
    const [tabella, retry] = useLoaded(engine, []);
    const there = tabella.at === "there" ? tabella.value : undefined;
    const booth = useMemo(() => there && new Booth(there, election, identity), [there, election, identity, round]);
    useEffect(() => {
        void booth?.enter();
        return () => booth?.leave();
    }, [booth]);
    const view = useObservable(booth?.view ?? ENTERING);
    if (tabella.at === "failed") return <Failure error={tabella.error} retry={retry} />;
    if (!booth) return <Waiting />;
    return <Stage booth={booth} view={view} election={election} again={() => setRound(round + 1)} />;
}

interface StageProps {
    readonly booth: Booth;
    readonly view: BoothView;
    readonly election: Election;
    readonly again: () => void;
}

function Stage({ booth, view, election, again }: StageProps) {
    const t = useTranslator();
    const [choice, setChoice] = useState<Choice>();
    const panel = useRef<HTMLDivElement>(null);
    const at = view.at;
    const before = useRef(at);
    // What had the focus is gone when the stage changes.
    useEffect(() => {
        if (before.current !== at && before.current !== "entering") panel.current?.focus({ preventScroll: false });
        before.current = at;
    }, [at]);
    return (
        <div class="stage" ref={panel} tabIndex={-1}>
            {inside()}
        </div>
    );

    function inside() {
        switch (view.at) {
            case "entering":
            case "sealing":
                return <Waiting />;
            case "choosing":
                return <Choosing booth={booth} view={view} election={election} choice={choice} onChoice={setChoice} />;
            case "sealed":
                return (
                    <>
                        <NoticeLine notice={view.notice} sealed />
                        <SealedBallot booth={booth} code={view.code} />
                    </>
                );
            case "opened":
                return <OpenedBallot booth={booth} code={view.code} file={view.file} />;
            case "proving":
                return (
                    <>
                        <ProgressBar label={t.text("booth.proving")} progress={view.progress} onCancel={() => booth.cancel()} />
                        <p class="hint">{t.text("booth.proving-more")}</p>
                    </>
                );
            case "done":
                return <Done nullifier={view.nullifier} again={again} />;
            case "failed":
                return <Failure error={view.error} retry={again} />;
        }
    }
}

function Done({ nullifier, again }: { nullifier: string; again: () => void }) {
    const t = useTranslator();
    const kept = useObservable(votes).some((vote) => vote.nullifier === nullifier && vote.ballot !== undefined);
    // A refused ballot that its voter has thrown away.
    useEffect(() => void (kept || again()), [kept]);
    return <Alert tone="info">{t.text("booth.voted")}</Alert>;
}

function NoticeLine({ notice, sealed = false }: { notice: Notice | undefined; sealed?: boolean }) {
    const t = useTranslator();
    if (!notice) return null;
    const key = sealed && notice === "interrupted" ? "notice.sealed-before" : (`notice.${notice}` as const);
    return <Alert tone={notice === "other-tab" ? "warning" : "info"}>{t.text(key)}</Alert>;
}

interface ChoosingProps {
    readonly booth: Booth;
    readonly view: BoothView & { readonly at: "choosing" };
    readonly election: Election;
    readonly choice: Choice | undefined;
    readonly onChoice: (choice: Choice) => void;
}

function Choosing({ booth, view, election, choice: given, onChoice }: ChoosingProps) {
    const t = useTranslator();
    const choice = given ?? {};
    const [reviewing, setReviewing] = useState(false);
    const review = useRef<HTMLHeadingElement>(null);
    useEffect(() => void (reviewing && review.current?.focus()), [reviewing]);
    const form = formOf(election.rules.method as Method, election.options.length);
    const confirm = (): void => {
        if (election.kind === "open") void booth.vote(election.options.filter((option) => numberOf(choice, option) !== undefined));
        else void booth.seal(Object.fromEntries(Object.entries(choice).filter(([, n]) => n !== 0)));
    };
    const chosen = election.options.filter((option) => (numberOf(choice, option) ?? 0) !== 0);
    return (
        <>
            <NoticeLine notice={view.notice} />
            {reviewing ? (
                <section class="review">
                    <h3 ref={review} tabIndex={-1}>
                        {t.text("booth.your-choice")}
                    </h3>
                    {chosen.length === 0 ? (
                        <p class="chosen">{t.text("booth.abstain")}</p>
                    ) : (
                        <ul class="chosen">
                            {chosen.map((option) => (
                                <li key={option}>
                                    {option}
                                    {form.ask === "numbers" && <> – {t.number(numberOf(choice, option) ?? 0)}</>}
                                </li>
                            ))}
                        </ul>
                    )}
                    <p>{t.text(election.kind === "open" ? "booth.sure-open" : "booth.sure-secret")}</p>
                    <div class="actions">
                        <button type="button" class="button button-main" onClick={confirm}>
                            {t.text(election.kind === "open" ? "booth.cast" : "booth.seal")}
                        </button>
                        <button type="button" class="button" onClick={() => setReviewing(false)}>
                            {t.text("booth.change")}
                        </button>
                    </div>
                </section>
            ) : (
                <Choices
                    form={form}
                    options={election.options}
                    abstention={election.rules.abstention === "allowed"}
                    choice={given}
                    onChoice={onChoice}
                    onReview={() => setReviewing(true)}
                />
            )}
            <Background view={view} />
        </>
    );
}

/** What happens while the voter reads. Not said aloud, because she reads. */
function Background({ view }: { view: BoothView & { readonly at: "choosing" } }) {
    const t = useTranslator();
    if (view.ready) {
        return <p class="background">{t.text(view.ready === "prepared" ? "booth.prepared" : "booth.ready")}</p>;
    }
    const { stage, done, total } = view.progress ?? {};
    return (
        <p class="background">
            {t.text("booth.preparing")}
            {stage !== undefined && (
                <>
                    {" "}
                    {t.text(`stage.${stage}`)}
                    {stage === "download" && done !== undefined && total !== undefined && total > 0 && <> ({t.share(done, total)})</>}
                </>
            )}
        </p>
    );
}
