import { useEffect, useMemo, useRef } from "preact/hooks";
import { get } from "../api";
import { Icon } from "../icons";
import { Empty, UrgencyChip, When, reasonText } from "../parts";
import { useRead, useShared } from "../state";
import type { Item, View } from "../types";
import { ago, count, moment, number, say, type Key } from "../words";

export const itemPath = (item: { brand: string; post: string }) => `/post/${encodeURIComponent(item.brand)}/${item.post}`;

const views: View[] = ["open", "watch", "done"];

export function Queue({ view, onView, brand }: { view: View; onView: (view: View) => void; brand: string }) {
    const { news, fail, go, path, session } = useShared();
    const query = `/api/queue?view=${view}${brand ? `&brand=${encodeURIComponent(brand)}` : ""}`;
    const { value } = useRead(() => get<{ view: View; items: Item[]; most: number }>(query), [query, news.beat, session], fail);
    const items = value?.view === view ? value.items : undefined;
    const list = useRef<HTMLOListElement>(null);
    useArrows(list);
    useFlash(list, items);

    return (
        <div class="queue">
            <div class="tabs" role="tablist" aria-label={say("nav.queue")}>
                {views.map((one) => (
                    <button role="tab" aria-selected={one === view} class={one === view ? "on" : ""} onClick={() => onView(one)}>
                        {say(`nav.${one}` as Key)}
                        {one === view && items && items.length > 0 && <span class="number">{number(items.length)}</span>}
                    </button>
                ))}
            </div>
            {items?.length === 0 && <Empty title={say(`queue.empty.${view}` as Key)} text={say(`queue.empty.${view}.more` as Key)} />}
            {!items && <Waiting />}
            <ol ref={list} class="items">
                {items?.map((item) => (
                    <li key={item.brand + (item.escalation ?? item.post)} data-change={item.changed_at ?? item.opened_at}>
                        <Row item={item} here={path === itemPath(item)} go={go} several={session.brands.length > 1} me={session.account.name} />
                    </li>
                ))}
            </ol>
            {items && value && items.length >= value.most && <p class="hint">{say("queue.more", { n: value.most })}</p>}
        </div>
    );
}

function Waiting() {
    return (
        <div class="skeletons" aria-label={say("detail.loading")}>
            <i /><i /><i />
        </div>
    );
}

function Row({ item, here, go, several, me }: { item: Item; here: boolean; go: (path: string) => void; several: boolean; me: string }) {
    const zone = useShared().brand(item.brand)?.zone;
    const open = (event: MouseEvent) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        go(itemPath(item));
    };
    return (
        <a class={`item ${item.urgency} ${item.state}`} href={itemPath(item)} aria-current={here ? "page" : undefined} onClick={open}>
            <span class="line">
                <UrgencyChip urgency={item.urgency} />
                <Standing item={item} me={me} />
                <span class="age"><When time={item.posted_at} zone={zone} /></span>
            </span>
            <span class="who">
                <Name item={item} />
                <span class="place">{item.platform}{several && ` · ${item.brand}`}</span>
            </span>
            <span class="text">{excerpt(item)}</span>
            <span class="facts"><Facts item={item} zone={zone} /></span>
        </a>
    );
}

function Name({ item }: { item: Item }) {
    const shown = item.customer?.certain ? item.customer.name : item.author_name || (item.author_handle ? `@${item.author_handle}` : "");
    return (
        <>
            <b>{shown || say("queue.hidden")}</b>
            {item.customer?.certain && item.customer.tier && <span class="tier">{item.customer.tier}</span>}
            {item.customer && !item.customer.certain && <span class="probably">{say("queue.probably")}</span>}
        </>
    );
}

function Standing({ item, me }: { item: Item; me: string }) {
    const owner = item.assigned_to ?? item.acknowledged_by;
    if (item.state === "acknowledged" && owner)
        return <span class={`standing ${owner === me ? "mine" : ""}`}><Icon name="person" />{owner === me ? say("state.mine") : owner}</span>;
    if (item.state !== "open") return <span class="standing">{say(`state.${item.state}` as Key)}</span>;
    return null;
}

function excerpt(item: Item): string {
    if (item.deleted_at) return say("queue.deleted");
    if (item.text_ended_at) return say("queue.text_ended");
    return item.text || say("queue.no_text");
}

// As long as the brand has not answered and nobody has ended the matter.
function answerDue(item: Item, zone: string | undefined): string {
    if (!item.answer_by || item.answered_at || !["open", "acknowledged"].includes(item.state)) return "";
    return say(Date.parse(item.answer_by) < Date.now() ? "queue.answer_overdue" : "queue.answer_by", { when: moment(item.answer_by, zone) });
}

function Facts({ item, zone }: { item: Item; zone: string | undefined }) {
    const facts: string[] = [];
    const attempts = item.story?.attempts;
    if (attempts) facts.push(say("queue.attempt", { n: attempts + 1 }));
    if (item.story?.promise_broken_at) facts.push(say("queue.promise", { when: ago(item.story.promise_broken_at) }));
    const due = answerDue(item, zone);
    // The deadline says when; it does not take the place of why.
    const why = item.reasons?.find((one) => !due || one.code !== "answer_due");
    if (facts.length === 0 && why) facts.push(reasonText(why));
    if (due) facts.push(due);
    if (item.topic && item.topic !== "other") facts.push(say(`topic.${item.topic}` as Key));
    if (item.posts && item.posts > 1) facts.push(count("queue.posts", item.posts));
    if (item.folded) facts.push(say("queue.folded", { n: number(item.folded) }));
    if (item.answered_at) facts.push(say("queue.answered"));
    return <>{facts.map((fact) => <span key={fact}>{fact}</span>)}</>;
}

function useArrows(list: { current: HTMLOListElement | null }) {
    useEffect(() => {
        const pressed = (event: KeyboardEvent) => {
            const step = event.key === "ArrowDown" || event.key === "j" ? 1 : event.key === "ArrowUp" || event.key === "k" ? -1 : 0;
            const typing = (event.target as HTMLElement).closest("input, textarea, select, dialog, [role=tablist]");
            if (!step || typing || event.ctrlKey || event.metaKey || event.altKey || !list.current?.offsetParent) return;
            const links = [...list.current.querySelectorAll<HTMLAnchorElement>("a.item")];
            const now = links.findIndex((one) => one === document.activeElement);
            const here = now >= 0 ? now : links.findIndex((one) => one.getAttribute("aria-current") === "page");
            const next = links[Math.max(0, Math.min(links.length - 1, here + step))];
            if (!next) return;
            event.preventDefault();
            next.focus();
        };
        addEventListener("keydown", pressed);
        return () => removeEventListener("keydown", pressed);
    }, []);
}

// What is new or changed since the last reading glows once.
function useFlash(list: { current: HTMLOListElement | null }, items: Item[] | undefined) {
    const known = useRef<Map<string, string>>();
    const states = useMemo(() => new Map(items?.map((item) => [item.brand + (item.escalation ?? item.post), item.changed_at ?? ""])), [items]);
    useEffect(() => {
        if (!items) {
            known.current = undefined;
            return;
        }
        const before = known.current;
        known.current = states;
        if (!before) return;
        [...states].forEach(([key, state], index) => {
            if (before.get(key) === state) return;
            const row = list.current?.children[index];
            row?.classList.remove("fresh");
            requestAnimationFrame(() => row?.classList.add("fresh"));
        });
    }, [items]);
}
