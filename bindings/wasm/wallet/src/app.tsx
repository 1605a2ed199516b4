// Header, banners, the screen of the route, footer.

import { useTranslator } from "./i18n/use.ts";
import { Banners } from "./components/banners.tsx";
import { LanguageSwitch, ThemeSwitch } from "./components/switches.tsx";
import { route, type Route } from "./router.ts";
import { AuditScreen } from "./screens/audit.tsx";
import { ElectionScreen } from "./screens/election.tsx";
import { HomeScreen } from "./screens/home.tsx";
import { IdentityScreen } from "./screens/identity.tsx";
import { JoinScreen } from "./screens/join.tsx";
import { NewIdentityScreen } from "./screens/new-identity.tsx";
import { NowhereScreen } from "./screens/nowhere.tsx";
import { ReceiptsScreen } from "./screens/receipts.tsx";
import { RehearsalScreen } from "./screens/rehearsal.tsx";
import { RestoreIdentityScreen } from "./screens/restore-identity.tsx";
import { ResultsScreen } from "./screens/results.tsx";
import { useObservable } from "./store/observable.ts";

export function App() {
    const t = useTranslator();
    const now = useObservable(route);
    const skip = (event: Event): void => {
        event.preventDefault();
        document.getElementById("main")?.focus();
    };
    const link = (hash: string, text: string, here: boolean) => (
        <a href={hash} aria-current={here ? "page" : undefined}>
            {text}
        </a>
    );
    return (
        <>
            <a class="skip" href="#main" onClick={skip}>
                {t.text("app.skip")}
            </a>
            <header class="site-header">
                <div class="bar">
                    <a class="brand" href="#/">
                        <Mark />
                        Tabella
                    </a>
                    <nav aria-label={t.text("nav.label")}>
                        {link("#/", t.text("nav.elections"), now.at === "home")}
                        {link("#/identity", t.text("nav.identity"), now.at.endsWith("identity"))}
                        {link("#/receipts", t.text("nav.receipts"), now.at === "receipts")}
                    </nav>
                </div>
            </header>
            <Banners />
            <main id="main" tabIndex={-1}>
                <Screen key={JSON.stringify(now)} route={now} />
            </main>
            <footer class="site-footer">
                <div class="bar">
                    <p>{t.text("app.promise")}</p>
                    <LanguageSwitch />
                    <ThemeSwitch />
                </div>
            </footer>
        </>
    );
}

function Mark() {
    return (
        <svg class="mark" viewBox="0 0 64 64" aria-hidden="true">
            <rect class="mark-frame" x="8" y="4" width="48" height="56" rx="8" />
            <rect class="mark-wax" x="14" y="10" width="36" height="44" rx="4" />
            <path class="mark-tick" d="M22 32l8 8 13-16" />
        </svg>
    );
}

function Screen({ route: to }: { route: Route }) {
    switch (to.at) {
        case "home":
            return <HomeScreen />;
        case "identity":
            return <IdentityScreen />;
        case "new-identity":
            return <NewIdentityScreen />;
        case "restore-identity":
            return <RestoreIdentityScreen />;
        case "join":
            return <JoinScreen />;
        case "receipts":
            return <ReceiptsScreen />;
        case "rehearsal":
            return <RehearsalScreen />;
        case "election":
            return <ElectionScreen id={to.id} />;
        case "results":
            return <ResultsScreen id={to.id} />;
        case "audit":
            return <AuditScreen {...(to.id === undefined ? {} : { id: to.id })} />;
        case "nowhere":
            return <NowhereScreen />;
    }
}
