import { useEffect, useRef, useState } from "preact/hooks";
import { brandPath, call, put } from "../api";
import { Icon } from "../icons";
import { Dialog } from "../parts";
import { useShared } from "../state";
import type { Brand } from "../types";
import { say, spoken, type Key } from "../words";

export function Menu({ onSignedOut, onLanguage, onSession }: { onSignedOut: () => void; onLanguage: () => void; onSession: () => void }) {
    const { session, go, fail } = useShared();
    const [open, setOpen] = useState(false);
    const [password, setPassword] = useState(false);
    const box = useRef<HTMLDivElement>(null);
    useEffect(() => {
        if (!open) return;
        const away = (event: Event) => {
            if (event instanceof KeyboardEvent ? event.key === "Escape" : !box.current?.contains(event.target as Node)) setOpen(false);
        };
        addEventListener("pointerdown", away);
        addEventListener("keydown", away);
        return () => {
            removeEventListener("pointerdown", away);
            removeEventListener("keydown", away);
        };
    }, [open]);
    const to = (path: string) => {
        setOpen(false);
        go(path);
    };
    const signOut = () => call("DELETE", "/api/session").then(onSignedOut, fail);
    const admin = session.brands.some((one) => one.role === "admin");

    return (
        <div class="menu" ref={box}>
            <button class="quiet account" aria-haspopup="true" aria-expanded={open} aria-label={say("menu.open")} onClick={() => setOpen(!open)}>
                <span class="avatar" aria-hidden="true">{Array.from(session.account.name)[0]?.toUpperCase()}</span>
                <span class="account-name">{session.account.name}</span>
                <Icon name="down" />
            </button>
            {open && (
                <div class="sheet-menu">
                    <button onClick={() => to("/sources")}>{say("menu.sources")}</button>
                    {admin && <button onClick={() => to("/letters")}>{say("menu.letters")}</button>}
                    <hr />
                    {session.brands.map((one) => <ModeLine brand={one} onSession={onSession} />)}
                    <hr />
                    <button lang={spoken() === "pl" ? "en" : "pl"} data-act="language" onClick={() => { setOpen(false); onLanguage(); }}>{say("language.other")}</button>
                    <button onClick={() => { setOpen(false); setPassword(true); }}>{say("menu.password")}</button>
                    <button onClick={signOut}>{say("menu.signout")}</button>
                    <p class="fine">larum {session.version}</p>
                </div>
            )}
            {password && <Password onClose={() => setPassword(false)} />}
        </div>
    );
}

function ModeLine({ brand, onSession }: { brand: Brand; onSession: () => void }) {
    return (
        <div class="mode-line">
            <span><b>{brand.name}</b> <small>{say(`role.${brand.role}` as Key)}</small></span>
            <span class={`tier mode-${brand.mode}`}>{say(`mode.${brand.mode}` as Key)}</span>
            {brand.mode === "live" && brand.role === "admin" && !brand.mode_fixed && <SwitchMode brand={brand} to="shadow" onSession={onSession} />}
        </div>
    );
}

export function SwitchMode({ brand, to, onSession }: { brand: Brand; to: "live" | "shadow"; onSession: () => void }) {
    const { fail, tell } = useShared();
    const [asking, setAsking] = useState(false);
    const send = async (event: SubmitEvent) => {
        event.preventDefault();
        try {
            await put(`${brandPath(brand.name)}/mode`, { mode: to });
            tell(say("act.done"));
            onSession();
        } catch (error) {
            fail(error);
        }
        setAsking(false);
    };
    const label = say(to === "live" ? "shadow.switch" : "mode.to_shadow");
    return (
        <>
            <button class="small" onClick={() => setAsking(true)}>{label}</button>
            {asking && (
                <Dialog title={`${brand.name}: ${label}`} onClose={() => setAsking(false)}>
                    <form onSubmit={send}>
                        <p>{say(to === "live" ? "mode.confirm_live" : "mode.confirm_shadow")}</p>
                        <div class="buttons end">
                            <button type="button" class="quiet" onClick={() => setAsking(false)}>{say("act.cancel")}</button>
                            <button class="primary">{label}</button>
                        </div>
                    </form>
                </Dialog>
            )}
        </>
    );
}

function Password({ onClose }: { onClose: () => void }) {
    const { fail, tell } = useShared();
    const send = async (event: SubmitEvent) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget as HTMLFormElement);
        try {
            await put("/api/account/password", { old: form.get("old"), new: form.get("new") });
            tell(say("password.done"));
            onClose();
        } catch (error) {
            fail(error);
        }
    };
    return (
        <Dialog title={say("password.title")} onClose={onClose}>
            <form onSubmit={send}>
                <label>{say("password.old")}<input type="password" name="old" autocomplete="current-password" required maxLength={256} /></label>
                <label>{say("password.new")}<input type="password" name="new" autocomplete="new-password" required minLength={10} maxLength={256} /></label>
                <div class="buttons end">
                    <button type="button" class="quiet" onClick={onClose}>{say("act.cancel")}</button>
                    <button class="primary">{say("act.save")}</button>
                </div>
            </form>
        </Dialog>
    );
}
