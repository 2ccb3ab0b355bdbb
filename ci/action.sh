#!/bin/bash
# The steps of action.yml: find, build, run.
#
# What the workflow says comes in INPUT_..., what the event says in EVENT_..., and
# the rest in the variables that GitHub sets for every step. Nothing of the
# repository is run, and all that comes from it is escaped before it is printed:
# GitHub reads commands out of the log.
set -euo pipefail
top=$(cd "$(dirname "$0")/.." && pwd)

# --- talking to GitHub -------------------------------------------------------------

# say COMMAND TEXT: an annotation without a place.
say() {
    local text=${2//'%'/'%25'}
    text=${text//$'\r'/'%0D'}
    printf '::%s title=miglint::%s\n' "$1" "${text//$'\n'/'%0A'}"
}

fail() {
    say error "$1"
    exit 2
}

random_word() {
    od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}

# A file in the log, of which GitHub takes nothing for a command.
show() {
    local word
    [ -s "$1" ] || return 0
    word=$(random_word)
    echo "::stop-commands::$word"
    cat "$1"
    echo "::$word::"
}

# output NAME VALUE
output() {
    local end
    end=$(random_word)
    printf '%s<<%s\n%s\n%s\n' "$1" "$end" "$2" "$end" >>"$GITHUB_OUTPUT"
}

summarize() {
    [ ! -e "$1" ] || cat "$1" >>"$GITHUB_STEP_SUMMARY"
}

# --- miglint itself ------------------------------------------------------------------

# What a build depends on: the sources, and the system whose libraries it takes.
cache_key() {
    local system
    # shellcheck source=/dev/null
    system=$(. /etc/os-release && echo "$ID$VERSION_ID")-$(uname -m)
    echo "miglint-$system-$("$top/ci/sources")"
}

find_miglint() {
    local found key folder
    if [ -n "$INPUT_MIGLINT" ]; then
        found=$(command -v -- "$INPUT_MIGLINT") ||
            fail "there is no program '$INPUT_MIGLINT': leave the input 'miglint' out to have it built"
        output program "$(realpath -- "$found")"
        return
    fi
    [ "$(uname -s)" = Linux ] || fail "miglint is built on Linux alone: write runs-on: ubuntu-latest"
    key=$(cache_key)
    folder=${RUNNER_TOOL_CACHE:-$RUNNER_TEMP}/miglint/$key
    output key "$key"
    output folder "$folder"
    output program "$folder/miglint"
}

# The release where there is one, else a build.
make_miglint() {
    if "$PROGRAM" --version >/dev/null 2>&1; then
        echo "a build of miglint is there already"
    else
        "$top/ci/take-release" "$(dirname "$PROGRAM")" || build_miglint
    fi
}

build_miglint() {
    echo "::group::build miglint, which is then kept"
    if ! "$top/ci/setup" build || ! "$top/ci/build" "$(dirname "$PROGRAM")"; then
        echo "::endgroup::"
        fail "miglint could not be built here: that takes Ubuntu 24.04 (runs-on: ubuntu-latest) or Debian 12; an installed one is named by the input 'miglint'"
    fi
    echo "::endgroup::"
}

# --- the base ------------------------------------------------------------------------------

# In a container the checkout belongs to another user.
git() {
    GIT_TERMINAL_PROMPT=0 command git -c safe.directory='*' "$@"
}

# fetch [OPTION...] REFSPEC...
fetch() {
    local options=()
    while [[ $1 == --* ]]; do
        options+=("$1")
        shift
    done
    git fetch --quiet --no-tags --no-recurse-submodules "${options[@]}" -- origin "$@" \
        </dev/null >"$work/fetch" 2>&1
}

is_shallow() {
    [ "$(git rev-parse --is-shallow-repository)" = true ]
}

# bring REFSPEC REVISION: fetches it, and so much of its history and of HEAD's as
# tells where they part.
bring() {
    local refspec=$1 revision=$2 head depth
    if ! is_shallow; then
        fetch "$refspec"
        return
    fi
    head=$(git rev-parse HEAD)
    fetch --depth=50 "$refspec" || return
    for depth in --deepen=50 --deepen=500 --unshallow; do
        if ! is_shallow || git merge-base HEAD "$revision" >/dev/null 2>&1; then
            return 0
        fi
        fetch "$depth" "$head" "$refspec" || fetch "$depth" "$refspec" || return
    done
}

# What is there may do; if not, miglint says what is missing.
bring_or_warn() {
    local what=${1%%:*}
    bring "$@" || {
        say warning "could not fetch ${what#+} afresh: what this clone has of it is looked at"
        show "$work/fetch"
    }
}

bring_branch() {
    bring_or_warn "+refs/heads/$1:refs/remotes/origin/$1" "refs/remotes/origin/$1"
    base=origin/$1
}

bring_commit() {
    if is_shallow || ! git cat-file -e "$1^{commit}" 2>/dev/null; then
        bring_or_warn "$1" "$1"
    fi
    base=$1
}

# A branch of the remote if there is one of that name, else whatever else it knows by it.
bring_named() {
    local branch=${1#refs/heads/} own=refs/miglint/base
    branch=${branch#origin/}
    if git ls-remote --exit-code origin "refs/heads/$branch" >/dev/null 2>&1; then
        bring_branch "$branch"
        return
    fi
    bring_or_warn "+$1:$own" "$own"
    base=$1
    if ! git rev-parse --quiet --verify --end-of-options "$1^{commit}" >/dev/null &&
        git rev-parse --quiet --verify "$own^{commit}" >/dev/null; then
        base=$own
    fi
}

default_branch() {
    if [ -n "$EVENT_DEFAULT_BRANCH" ]; then
        echo "$EVENT_DEFAULT_BRANCH"
    else
        git ls-remote --symref origin HEAD 2>/dev/null | sed -n 's|^ref: refs/heads/\(.*\)\tHEAD$|\1|p'
    fi
}

# What a push to the default branch is compared with: what was there, unless it was
# replaced rather than built upon.
bring_before() {
    [[ $EVENT_BEFORE =~ [1-9a-f] ]] || return 0
    bring_commit "$EVENT_BEFORE"
    git merge-base --is-ancestor "$EVENT_BEFORE" HEAD 2>/dev/null || base=
}

# Sets `base` to what the head is to be merged into, fetched; to nothing where the
# tree is judged alone.
choose_base() {
    local default
    base=
    if [ -n "$INPUT_BASE" ]; then
        bring_named "$INPUT_BASE"
        return
    fi
    case $GITHUB_EVENT_NAME in
    pull_request | pull_request_target)
        bring_branch "$GITHUB_BASE_REF"
        base=auto
        return
        ;;
    merge_group)
        bring_commit "$EVENT_GROUP_BASE"
        base=auto
        return
        ;;
    esac
    default=$(default_branch)
    if [ "$GITHUB_REF" = "refs/heads/$default" ]; then
        [ "$GITHUB_EVENT_NAME" != push ] || bring_before
    elif [[ $GITHUB_REF == refs/heads/* && -n $default ]]; then
        bring_branch "$default"
    fi
}

# --- linting ---------------------------------------------------------------------------------

# What the workflow says of both commands, as options; the words of `args` end at
# blanks, and nothing in them is expanded.
add_options() {
    local words
    [ -z "$INPUT_CONFIG" ] || options+=("--config=$INPUT_CONFIG")
    [ -z "$INPUT_FAIL_ON" ] || options+=("--fail-on=$INPUT_FAIL_ON")
    read -r -d '' -a words <<<"$INPUT_ARGS" || true
    options+=("${words[@]}")
}

add_roundtrip() {
    case $INPUT_ROUNDTRIP in
    '' | off) ;;
    sqlite | postgresql) options+=(--roundtrip "--database=$INPUT_ROUNDTRIP") ;;
    *) fail "the input 'roundtrip' is off, sqlite or postgresql, not '$INPUT_ROUNDTRIP'" ;;
    esac
}

# Runs miglint with the options; its output is in $work/out, and its status in `status`.
miglint() {
    local complaint
    status=0
    "$PROGRAM" "$@" "${options[@]}" >"$work/out" 2>"$work/err" || status=$?
    show "$work/err"
    [ "$status" -gt 1 ] || return 0
    complaint=$(grep -v '^miglint: note: ' "$work/err" | tail -n 1) || true
    say error "${complaint:-miglint ended with status $status}"
}

# number KEY, of the report's summary. A quote within a string of JSON has a
# backslash before it: nothing that is foreign can look like a key.
number() {
    grep -oE "\"$1\":[[:space:]]*[0-9]+" "$work/report.json" | tail -n 1 | grep -oE '[0-9]+'
}

# Those of all environments, as one list of JSON.
heads() {
    local key=heads list='("([^"\\]|\\.)*"|[, ])*'
    [ -z "$base" ] || key=heads_after_merge
    echo "[$(tr -d '\n\t' <"$work/report.json" | LC_ALL=C grep -oE "\"$key\": *\[$list\]" |
        sed -e 's/^[^[]*\[//' -e 's/\]$//' -e '/^$/d' | paste -s -d ,)]"
}

# Kept for the steps that follow. Code scanning shows what is suppressed, too: it is
# not told of that. Of the default branch it takes what is not there any more for
# mended: it is told of everything, not only of what a push brings.
write_sarif() {
    local file against=$base
    if [ -z "$INPUT_BASE" ] && [ "$GITHUB_REF" = "refs/heads/$(default_branch)" ]; then
        against=
    fi
    file=$(mktemp --suffix=.sarif "${RUNNER_TEMP:-/tmp}/miglint.XXXXXX")
    "$PROGRAM" check --quiet --format "sarif=$file" ${against:+"--base=$against"} "${options[@]}" >/dev/null 2>&1 || [ $? = 1 ] || {
        rm -f "$file"
        return
    }
    output sarif "$file"
}

check() {
    local base options=()
    local reports=(--format github)
    reports+=(--format "text=$work/text" --format "markdown=$work/summary" --format "json=$work/report.json")
    choose_base
    [ -z "$INPUT_SELECT" ] || options+=("--select=$INPUT_SELECT")
    [ -z "$INPUT_IGNORE" ] || options+=("--ignore=$INPUT_IGNORE")
    add_roundtrip
    add_options
    [ "$INPUT_WORKING_DIRECTORY" = . ] || options+=(.)
    miglint check "${reports[@]}" ${base:+"--base=$base"}
    cat "$work/out"
    [ -s "$work/report.json" ] || return 0
    [ "$status" != 1 ] || [ "$base" != auto ] ||
        printf '\nthe same at your desk: git fetch origin && miglint --base %q\n' "origin/${GITHUB_BASE_REF:-$(default_branch)}" >>"$work/text"
    show "$work/text"
    output errors "$(number errors)"
    output findings $(($(number errors) + $(number warnings) + $(number notes)))
    output heads "$(heads)"
    write_sarif
}

# All branches with all of their history: there is a merge base for each.
forecast() {
    local INPUT_FAIL_ON=${INPUT_FAIL_ON/#note/warning} options=() unshallow=()
    ! is_shallow || unshallow=(--unshallow)
    fetch --prune "${unshallow[@]}" '+refs/heads/*:refs/remotes/origin/*' || {
        say warning "could not fetch the branches afresh: those that this clone has are looked at"
        show "$work/fetch"
    }
    options+=(--format markdown "--base=${INPUT_BASE:-origin/$(default_branch)}")
    add_options
    miglint forecast
    show "$work/out"
    mv "$work/out" "$work/summary"
}

run_miglint() {
    local status
    cd -- "$INPUT_WORKING_DIRECTORY" 2>/dev/null ||
        fail "there is no folder '$INPUT_WORKING_DIRECTORY': is the input 'working-directory' right, and actions/checkout the step before?"
    git rev-parse --verify --quiet HEAD >/dev/null ||
        fail "this is no clone of a repository: let actions/checkout be the step before, and git be installed"
    work=$(mktemp -d "${RUNNER_TEMP:-/tmp}/miglint.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    if [ "$GITHUB_EVENT_NAME" = schedule ]; then
        forecast
    else
        check
    fi
    summarize "$work/summary"
    exit "$status"
}

case ${1-} in
find) find_miglint ;;
build) make_miglint ;;
run) run_miglint ;;
*) fail "usage: ci/action.sh find|build|run" ;;
esac
