import { useState } from "preact/hooks";
import { signIn } from "../api";
import { Mark } from "../icons";
import type { Session } from "../types";
import { say, speak, spoken } from "../words";

export function SignIn({ onSession }: { onSession: (session: Session) => void }) {
    const [wrong, setWrong] = useState("");
    const [busy, setBusy] = useState(false);
    const [, redraw] = useState(0);

    const send = async (event: SubmitEvent) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget as HTMLFormElement);
        setBusy(true);
        setWrong("");
        try {
            onSession(await signIn(String(form.get("name")).trim(), String(form.get("password"))));
        } catch (error) {
            setWrong((error as Error).message);
        } finally {
            setBusy(false);
        }
    };
    const switchLanguage = () => {
        speak(spoken() === "pl" ? "en" : "pl");
        redraw((n) => n + 1);
    };

    return (
        <main class="sign-in">
            <form onSubmit={send} aria-labelledby="sign-in-title">
                <div class="brand-line">
                    <Mark />
                    <span>larum</span>
                </div>
                <p class="tagline">{say("app.tagline")}</p>
                <h1 id="sign-in-title">{say("signin.title")}</h1>
                <label>
                    {say("signin.name")}
                    <input name="name" autocomplete="username" autofocus required maxLength={100} autocapitalize="none" spellcheck={false} />
                </label>
                <label>
                    {say("signin.password")}
                    <input name="password" type="password" autocomplete="current-password" required maxLength={256} />
                </label>
                <p class="wrong" role="alert">{wrong}</p>
                <button class="primary" disabled={busy}>{busy ? say("signin.busy") : say("signin.button")}</button>
                <p class="hint">{say("signin.hint")}</p>
            </form>
            <button class="quiet language" lang={spoken() === "pl" ? "en" : "pl"} onClick={switchLanguage}>{say("language.other")}</button>
        </main>
    );
}
