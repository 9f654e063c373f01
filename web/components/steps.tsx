import type { JSX } from 'preact';
import { formatClockSeconds } from '../../shared/nairobi.ts';
import type { Step } from '../order-steps.ts';
import { Icon, type IconName } from './icon.tsx';
import { Moment } from './values.tsx';

const stepIcons: Record<Step['state'], IconName | undefined> = {
  done: 'check',
  current: 'clock',
  todo: undefined,
  problem: 'alert',
  stopped: 'cross',
};

const stepWords: Record<Step['state'], string> = {
  done: 'done',
  current: 'happening now',
  todo: 'still to come',
  problem: 'needs attention',
  stopped: 'ended here',
};

/** One state machine, drawn from left to right (top to bottom where it is narrow). */
export function Steps({ title, steps }: { title: string; steps: readonly Step[] }): JSX.Element {
  return (
    <div class="machine">
      <h3>{title}</h3>
      <ol class="steps">
        {steps.map((step) => {
          const icon = stepIcons[step.state];
          return (
            <li key={step.label} class={`step step-${step.state}`}>
              <span class="step-dot">{icon ? <Icon name={icon} size={14} /> : null}</span>
              <span class="step-text">
                <span class="step-label">{step.label}</span>
                <span class="visually-hidden">, {stepWords[step.state]}</span>
                {step.at === undefined ? null : (
                  <small>
                    <Moment at={step.at} format={formatClockSeconds} />
                  </small>
                )}
                {step.note ? <small>{step.note}</small> : null}
              </span>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
