#!/usr/bin/env bash
# Writes a preview into the step summary and into the pull request's comment of that stack: the same comment is
# found again by its hidden mark, so that a pull request has one comment a stack however often it is pushed to.
set -euo pipefail

text=$(cat "$1" 2>/dev/null || echo "The preview did not start; see the job's log.")
# GitHub takes 65,536 characters. The end is kept: it has the verdict.
limit=60000
if [ "${#text}" -gt "$limit" ]; then text="(cut; the whole is in the job's log)
${text: -$limit}"; fi

mark="<!-- flymon-preview:${STACK} -->"
body="$mark
### Preview of \`$STACK\`: $OUTCOME

<details><summary>What would change, and what the policies say</summary>

~~~~text
$text
~~~~

</details>"

printf '%s\n' "$body" >>"$GITHUB_STEP_SUMMARY"

comments="repos/$GITHUB_REPOSITORY/issues/$PULL_REQUEST/comments"
comment=$(gh api --paginate "$comments" --jq ".[] | select(.body | startswith(\"$mark\")) | .id" | head -n 1)
if [ -n "$comment" ]; then
  gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$comment" --field body="$body"
else
  # A pull request from a fork may not comment; the summary has it all the same.
  gh api --silent --method POST "$comments" --field body="$body" || echo "no comment: not allowed here" >&2
fi
