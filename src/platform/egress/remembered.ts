/** The same function, which remembers what it answered to so many texts: the answer must depend on nothing else. */
export function remembered<Answer>(answerOf: (text: string) => Answer, max: number): (text: string) => Answer {
  const answers = new Map<string, Answer>();
  return (text) => {
    const known = answers.get(text);
    if (known !== undefined) return known;
    const answer = answerOf(text);
    // All at once, which is rare and cheap, and keeps no order.
    if (answers.size >= max) answers.clear();
    answers.set(text, answer);
    return answer;
  };
}
