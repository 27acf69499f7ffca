// SPDX-License-Identifier: EUPL-1.2
// Questions to the server. Answers come in the order they were asked for or not at all.

export class Refusal extends Error {
  constructor(status, problem) {
    super(problem?.detail || problem?.title || `status ${status}`);
    this.status = status;
    this.parameter = problem?.parameter;
  }
}

export async function ask(path, signal) {
  const answer = await fetch(path, { signal, headers: { Accept: 'application/json' } });
  if (answer.ok) return answer.json();
  throw new Refusal(answer.status, await answer.json().catch(() => null));
}

/**
 * One lane: at most one question is under way and at most one waits. A new question takes the place of the one that
 * waits; unless `patient`, it also ends the one under way. A patient lane keeps a picture moving while a handle is
 * dragged: were each question ended by the next, nothing would be seen until the hand rests.
 */
export function lane(onAnswer, onError) {
  let running = null, waiting = null;
  async function run(path) {
    const controller = new AbortController();
    running = { controller, path };
    try {
      const answer = await ask(path, controller.signal);
      if (!controller.signal.aborted) onAnswer(answer, path);
    } catch (error) {
      if (!controller.signal.aborted) onError(error, path);
    }
    if (running?.controller !== controller) return;
    running = null;
    if (waiting != null) {
      const next = waiting;
      waiting = null;
      run(next);
    }
  }
  return function send(path, patient = false) {
    if (running?.path === path) { waiting = null; return; }
    if (running && patient) { waiting = path; return; }
    running?.controller.abort();
    waiting = null;
    run(path);
  };
}
