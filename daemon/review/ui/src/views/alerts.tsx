import { Section, When } from "../parts";
import { useShared } from "../state";
import type { Detail } from "../types";
import { say, sayIf } from "../words";

export function Alerts({ detail }: { detail: Detail }) {
    const zone = useShared().brand(detail.brand)?.zone;
    const escalations = detail.escalations.filter((one) => one.alerts?.length || one.shadow || one.next_at);
    const alerts = escalations.flatMap((one) => one.alerts ?? []);
    const next = escalations.find((one) => one.next_at)?.next_at;
    return (
        <Section title={say("detail.alerts")}>
            {alerts.length === 0 && <p class="hint">{say(escalations.some((one) => one.shadow) ? "alert.shadow" : "alert.none")}</p>}
            <ul class="alerts">
                {alerts.map((alert) => (
                    <li key={alert.id}>
                        <span class={`state ${alert.state}`}>{sayIf(`alert.state.${alert.state}`, alert.state)}</span>
                        <b>{alert.channel}</b>
                        {alert.recipient && <span>{alert.recipient}</span>}
                        <span class="dim">{say("alert.step", { n: alert.step + 1 })}</span>
                        {alert.tries > 1 && <span class="dim">{say("alert.tries", { n: alert.tries })}</span>}
                        <span class="dim"><When time={alert.ended_at ?? alert.due_at} zone={zone} /></span>
                        {alert.reason && <p class="hint">{alert.reason}</p>}
                    </li>
                ))}
            </ul>
            {next && <p class="hint"><When time={next} zone={zone} words="alert.next" /></p>}
        </Section>
    );
}
