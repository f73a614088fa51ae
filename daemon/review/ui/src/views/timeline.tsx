import { Icon } from "../icons";
import { Section, UrgencyChip, When } from "../parts";
import { useShared } from "../state";
import type { Detail, Moment } from "../types";
import { at, count, say, sayIf } from "../words";
import { itemPath } from "./queue";

function title(moment: Moment): string {
    const ref = moment.case_ref ?? "";
    switch (moment.what) {
        case "contact": return sayIf(`channel.${moment.channel}`, moment.channel ?? "");
        case "post": return `${say("timeline.post")} · ${moment.channel ?? ""}`;
        case "case_opened": return say("timeline.case_opened", { ref });
        case "case_closed": return say("timeline.case_closed", { ref });
        case "promise": return say("timeline.promise", { ref });
    }
}

function direction(moment: Moment): string {
    if (moment.what !== "contact") return "";
    return say(moment.automatic ? "timeline.automatic" : moment.direction === "in" ? "timeline.in" : "timeline.out");
}

export function Timeline({ detail }: { detail: Detail }) {
    const { go, brand } = useShared();
    const zone = brand(detail.brand)?.zone;
    return (
        <Section title={say("detail.timeline")} aside={<StoryLine detail={detail} />} name="timeline-card">
            {detail.timeline.length === 0 && <p class="hint">{say("timeline.empty")}</p>}
            <ol class="timeline">
                {detail.timeline.map((moment) => {
                    const here = moment.what === "post" && moment.id === detail.post.id;
                    return (
                        <li key={moment.what + moment.id} class={`${moment.what} ${moment.direction ?? ""} ${here ? "here" : ""}`}>
                            <span class="dot"><Icon name={moment.what === "contact" ? moment.channel ?? "social" : moment.what} /></span>
                            <div>
                                <p class="what">
                                    <b>{title(moment)}</b>
                                    <span>{direction(moment)}</span>
                                    {moment.urgency && moment.urgency !== "none" && <UrgencyChip urgency={moment.urgency} />}
                                    {here && <span class="tier">{say("timeline.this")}</span>}
                                </p>
                                {moment.text && !here && <p class="said">{moment.text}</p>}
                                <p class="when">
                                    {at(moment.at, zone)} · <When time={moment.at} zone={zone} />
                                    {moment.who && moment.what === "contact" && ` · ${moment.who}`}
                                    {moment.what === "post" && !here && (
                                        <> · <a href={itemPath({ brand: detail.brand, post: moment.id })} onClick={(event) => {
                                            event.preventDefault();
                                            go(itemPath({ brand: detail.brand, post: moment.id }));
                                        }}>{say("detail.open_post")}</a></>
                                    )}
                                </p>
                            </div>
                        </li>
                    );
                })}
            </ol>
        </Section>
    );
}

function StoryLine({ detail }: { detail: Detail }) {
    const story = detail.story;
    if (!story?.attempts) return null;
    const channels = [...new Set(story.channels ?? [])].map((one) => sayIf(`channel.${one}`, one)).join(", ");
    return <span class="story-line">{count("story.attempts", story.attempts)}{channels && ` · ${channels}`}</span>;
}
