import { useState } from "preact/hooks";
import { brandPath, post } from "../api";
import { useShared } from "../state";
import { say } from "../words";
import { itemPath } from "./queue";

export function Report() {
    const { session, go, tell, fail, refresh } = useShared();
    const [busy, setBusy] = useState(false);
    const brands = session.brands.filter((one) => one.role !== "viewer");

    const send = async (event: SubmitEvent) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget as HTMLFormElement);
        const brand = String(form.get("brand") ?? brands[0].name);
        const when = String(form.get("when"));
        setBusy(true);
        try {
            const made = await post<{ post: string; fresh: boolean }>(`${brandPath(brand)}/posts`, {
                url: form.get("url"), text: form.get("text"), author: form.get("author"),
                posted_at: when ? new Date(when).toISOString() : null,
            });
            tell(say(made.fresh ? "report.done" : "report.known"));
            go(itemPath({ brand, post: made.post }));
            refresh();
        } catch (error) {
            fail(error);
        } finally {
            setBusy(false);
        }
    };

    return (
        <section class="sheet">
            <h2>{say("report.title")}</h2>
            <p class="hint">{say("report.text")}</p>
            <form onSubmit={send}>
                {brands.length > 1 && (
                    <label>
                        {say("nav.brand")}
                        <select name="brand">{brands.map((one) => <option>{one.name}</option>)}</select>
                    </label>
                )}
                <label>{say("report.url")}<input name="url" type="url" required maxLength={2000} placeholder="https://" /></label>
                <label>{say("report.body")}<textarea name="text" rows={7} required maxLength={15000} /></label>
                <div class="pair">
                    <label>{say("report.author")}<input name="author" maxLength={150} /></label>
                    <label>{say("report.when")}<input name="when" type="datetime-local" /></label>
                </div>
                <div class="buttons end">
                    <button type="button" class="quiet" onClick={() => go("/")}>{say("act.cancel")}</button>
                    <button class="primary" disabled={busy}>{say("report.send")}</button>
                </div>
            </form>
        </section>
    );
}
