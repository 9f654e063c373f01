import type { JSX } from 'preact';
import type { Alert } from '../../shared/alert.ts';
import { Icon } from './icon.tsx';
import { Panel } from './panel.tsx';
import { Ago } from './values.tsx';

export interface AlertsModel {
  readonly now: number;
  /** Open ones, the most urgent first. */
  readonly alerts: readonly { readonly alert: Alert; readonly clientName?: string }[];
}

/** What is wrong now and what to do about it. An alert leaves by itself when its cause is gone. */
export function AlertsRegion({ model }: { model: AlertsModel }): JSX.Element {
  const { alerts, now } = model;
  if (alerts.length === 0) return <div id="alerts" hidden />;
  const unseen = alerts.filter(({ alert }) => alert.acknowledgedAt === undefined).length;
  return (
    <Panel
      id="alerts"
      title={unseen === 0 ? 'Known trouble' : 'Look at this first'}
      {...(unseen > 0 && { tone: 'warn' as const })}
      aside={<span class="panel-count">{alerts.length}</span>}
    >
      <ul class="alert-list">
        {alerts.map(({ alert, clientName }) => (
          <li
            key={alert.id}
            id={`alert-${alert.id}`}
            class={`alert alert-${alert.severity}${alert.acknowledgedAt === undefined ? '' : ' alert-seen'}`}
          >
            <Icon name={alert.severity === 'info' ? 'eye' : 'alert'} size={20} />
            <div class="alert-text">
              <strong>{alert.title}</strong>
              <p>{alert.text}</p>
              <p class="muted">
                {alert.clientId !== null && clientName !== undefined ? (
                  <>
                    <a href={`/clients/${alert.clientId}`}>{clientName}</a>
                    {' · '}
                  </>
                ) : null}
                since <Ago at={alert.raisedAt} now={now} />
                {alert.acknowledgedBy === undefined ? null : ` · seen by ${alert.acknowledgedBy}`}
              </p>
            </div>
            {alert.acknowledgedAt === undefined ? (
              <button
                type="button"
                id={`acknowledge-${alert.id}`}
                class="button"
                hx-post={`/alerts/${alert.id}/acknowledge`}
                hx-swap="none"
                hx-disable="this"
              >
                <Icon name="check" size={18} />I have seen it
              </button>
            ) : null}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
