import { useState } from "preact/hooks";
import { brandPath, post } from "../api";
import { Dialog } from "../parts";
import { useShared } from "../state";
import type { Customer, Detail } from "../types";
import { say } from "../words";

// What the customer may ask for: not to be matched any more, or to be forgotten.
export function PersonActs({ detail, customer }: { detail: Detail; customer: Customer }) {
    const { session, refresh, tell, fail } = useShared();
    const [open, setOpen] = useState<"" | "objection" | "erasure">("");
    const [busy, setBusy] = useState(false);
    if (!session.erasure || detail.role === "viewer") return null;
    const send = async (event: SubmitEvent) => {
        event.preventDefault();
        const typed = new FormData(event.currentTarget as HTMLFormElement).get("typed");
        setBusy(true);
        try {
            await post(`${brandPath(detail.brand)}/customers/${customer.id}/${open}`, { confirm: typed ?? customer.ref });
            tell(say("act.done"));
            setOpen("");
            refresh();
        } catch (error) {
            fail(error);
        } finally {
            setBusy(false);
        }
    };
    return (
        <div class="buttons person">
            <button class="quiet small" onClick={() => setOpen("objection")}>{say("act.object")}</button>
            {detail.role === "admin" && <button class="quiet small" onClick={() => setOpen("erasure")}>{say("act.erase")}</button>}
            {open && (
                <Dialog title={say(open === "erasure" ? "act.erase" : "act.object").replace("…", "")} onClose={() => setOpen("")}>
                    <form onSubmit={send}>
                        <p>{say(open === "erasure" ? "act.erase.text" : "act.object.text")}</p>
                        {open === "erasure" && (
                            <label>
                                {say("act.erase.type", { ref: customer.ref })}
                                <input name="typed" required autocomplete="off" />
                            </label>
                        )}
                        <div class="buttons end">
                            <button type="button" class="quiet" onClick={() => setOpen("")}>{say("act.cancel")}</button>
                            <button class="primary" disabled={busy}>{say(open === "erasure" ? "act.erase" : "act.object").replace("…", "")}</button>
                        </div>
                    </form>
                </Dialog>
            )}
        </div>
    );
}
