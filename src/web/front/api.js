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
 * waits, and ends the one under way; only a patient one lets a patient one before it come to its end. Patient questions
 * keep a picture moving while a handle is dragged: were each ended by the next, nothing would be seen until the hand
 * rests. `about` is handed back with the answer.
 */
export function lane(onAnswer, onError) {
  let running = null, waiting = null;
  async function run(question) {
    const { path, about } = question;
    const controller = question.controller = new AbortController();
    running = question;
    try {
      const answer = await ask(path, controller.signal);
      if (!controller.signal.aborted) onAnswer(answer, about);
    } catch (error) {
      if (!controller.signal.aborted) onError(error, question);
    }
    if (running !== question) return;
    running = null;
    if (waiting) {
      const next = waiting;
      waiting = null;
      run(next);
    }
  }
  return function send(path, about, patient = false) {
    const question = { path, about, patient };
    waiting = null;
    if (running?.path === path) return;
    if (running?.patient && patient) { waiting = question; return; }
    running?.controller.abort();
    run(question);
  };
}
