import { useCallback, useEffect, useMemo, useState } from "preact/hooks";
import { get, put, setCsrf, whenSignedOut } from "./api";
import { Icon, Mark } from "./icons";
import { useLive } from "./live";
import { Empty } from "./parts";
import { SharedContext, usePath, useToasts, type Shared } from "./state";
import type { Session, View } from "./types";
import { Detail } from "./views/detail";
import { Letters } from "./views/letters";
import { Menu, SwitchMode } from "./views/menu";
import { Queue } from "./views/queue";
import { Report } from "./views/report";
import { SignIn } from "./views/sign_in";
import { Sources } from "./views/sources";
import { say, speak, spoken } from "./words";

export function App() {
    const [session, setSession] = useState<Session | null>();
    const [, setLanguage] = useState(spoken());
    const begin = useCallback((made: Session) => {
        setCsrf(made.csrf);
        speak(made.account.language);
        setLanguage(spoken());
        setSession(made);
    }, []);
    const check = useCallback(() => {
        get<Session>("/api/session").then(begin, (error) => error.status === 401 && setSession(null));
    }, []);
    useEffect(() => {
        speak(spoken());
        whenSignedOut(() => setSession(null));
        check();
    }, []);

    if (session === undefined) return null;
    if (session === null) return <SignIn onSession={begin} />;
    const switchLanguage = () => {
        const wanted = spoken() === "pl" ? "en" : "pl";
        put("/api/account/language", { language: wanted }).then(check, () => undefined);
        speak(wanted);
        setLanguage(spoken());
        setSession({ ...session, account: { ...session.account, language: wanted } });
    };
    return <SignedIn session={session} check={check} onSignedOut={() => setSession(null)} onLanguage={switchLanguage} />;
}

function SignedIn(props: { session: Session; check: () => void; onSignedOut: () => void; onLanguage: () => void }) {
    const { session, check } = props;
    const [path, go] = usePath();
    const [view, setView] = useState<View>("open");
    const [brand, setBrand] = useState("");
    const { toasts, tell, fail } = useToasts();
    const [news, refresh] = useLive(true, check);
    const shared = useMemo<Shared>(
        () => ({ session, path, go, news, refresh, tell, fail, brand: (name) => session.brands.find((one) => one.name === name) }),
        [session, path, news.beat, news.live],
    );
    const post = /^\/post\/([^/]+)\/(\d+)$/.exec(path);
    const shown = post ? "post" : path === "/sources" || path === "/letters" || path === "/report" ? path.slice(1) : "list";
    useEffect(() => scrollTo(0, 0), [path]);
    const reports = session.brands.some((one) => one.role !== "viewer");
    const shadows = session.brands.filter((one) => one.mode === "shadow" && (!brand || one.name === brand));

    return (
        <SharedContext.Provider value={shared}>
            <a class="skip" href="#content">{say("nav.skip")}</a>
            <header class="top">
                <a class="brand-line" href="/" onClick={(event) => { event.preventDefault(); go("/"); }}><Mark /><span>larum</span></a>
                {session.brands.length > 1 && (
                    <select aria-label={say("nav.brand")} value={brand} onChange={(event) => setBrand(event.currentTarget.value)}>
                        <option value="">{say("nav.all_brands")}</option>
                        {session.brands.map((one) => <option value={one.name}>{one.name}</option>)}
                    </select>
                )}
                <span class={`live ${news.live ? "on" : "off"}`} role="status"><i aria-hidden="true" />{say(news.live ? "live.on" : "live.off")}</span>
                {reports && <button class="quiet report" onClick={() => go("/report")}><Icon name="plus" /><span>{say("nav.report")}</span></button>}
                <Menu onSignedOut={props.onSignedOut} onLanguage={props.onLanguage} onSession={check} />
            </header>
            {shadows.map((one) => (
                <div class="shadow" role="note">
                    <b>{say("shadow.title")}</b>
                    <span>{say("shadow.text", { brand: one.name })}</span>
                    {one.role === "admin" && !one.mode_fixed && <SwitchMode brand={one} to="live" onSession={check} />}
                    {one.mode_fixed && <span class="dim">{say("shadow.fixed")}</span>}
                </div>
            ))}
            <main class={`house ${shown}`} id="content">
                {(shown === "list" || shown === "post") && <Queue view={view} onView={setView} brand={brand} />}
                {post && <Detail brand={decodeURIComponent(post[1])} id={post[2]} />}
                {shown === "list" && <div class="detail nothing"><Empty title={say("queue.choose")} text={say("queue.choose.more")} /></div>}
                {shown === "sources" && <Sources />}
                {shown === "letters" && <Letters />}
                {shown === "report" && <Report />}
            </main>
            <div class="toasts" role="alert">
                {toasts.map((one) => <p key={one.id} class={one.bad ? "bad" : ""}>{one.text}</p>)}
            </div>
        </SharedContext.Provider>
    );
}
