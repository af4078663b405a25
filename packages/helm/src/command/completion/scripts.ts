/**
 * Completion scripts. Each asks the program itself (`__complete` with the words of the line, cobra's protocol): lines with a
 * word, perhaps a tab and what it means, and at the end `:N`, a sum of 1 (error), 2 (no space) and 4 (no file names).
 *
 * The program may be called by several words (`kindred helm`): the script completes the first and does nothing unless the
 * others follow. Where no program `helm` exists, `helm` is completed too, for those who have it as an alias.
 */
export type Shell = 'bash' | 'fish' | 'powershell' | 'zsh';

export const INSTALL_NOTES: Readonly<Record<Shell, string>> = {
  bash: `For this session:

    source <(kindred helm completion bash)

For all: put that line into ~/.bashrc.`,
  fish: `For this session:

    kindred helm completion fish | source

For all: write the output to ~/.config/fish/completions/kindred.fish.`,
  powershell: `For this session:

    kindred helm completion powershell | Out-String | Invoke-Expression

For all: put that line into the profile.`,
  zsh: `For this session:

    source <(kindred helm completion zsh)

For all: put that line into ~/.zshrc, after compinit.`,
};

/** @param invocation the words that begin a command line @param request the hidden command to ask */
export function completionScript(shell: Shell, invocation: readonly string[], request: string): string {
  const [program = 'helm', ...rest] = invocation;
  return SCRIPTS[shell]({ program, call: invocation.join(' '), rest: rest.join(' '), skip: rest.length, request });
}

interface ScriptParts {
  readonly program: string;
  /** All words that begin a command line. */
  readonly call: string;
  /** Those after the program. */
  readonly rest: string;
  readonly skip: number;
  readonly request: string;
}

const SCRIPTS: Readonly<Record<Shell, (parts: ScriptParts) => string>> = {
  bash: ({ program, call, rest, skip, request }) => `# bash completion for helm

__helm_complete() {
    local skip=$1 expected=$2
    local words=("\${COMP_WORDS[@]:1:COMP_CWORD}")
    if [[ $skip -gt 0 ]]; then
        [[ "\${words[*]:0:skip}" == "$expected" && \${#words[@]} -gt $skip ]] || return
        words=("\${words[@]:skip}")
    fi
    # Bash takes words apart at = and :, the program wants them whole.
    local whole=() word
    for word in "\${words[@]}"; do
        if [[ \${#whole[@]} -gt 0 && ( $word == [=:]* || \${whole[-1]} == *[=:] ) ]]; then
            whole[-1]+=$word
        else
            whole+=("$word")
        fi
    done
    local current=\${whole[-1]} output directive line
    output=$(${call} ${request} "\${whole[@]}" 2>/dev/null) || return
    directive=\${output##*:}
    output=\${output%:*}
    (( directive & 1 )) && return
    (( directive & 2 )) && compopt -o nospace
    local typed=\${COMP_WORDS[COMP_CWORD]} before
    [[ $typed == [=:] ]] && typed=''
    before=\${current%"$typed"}
    COMPREPLY=()
    while IFS= read -r line; do
        [[ -n $line ]] && COMPREPLY+=("\${line#"$before"}")
    done <<< "$output"
    if [[ \${#COMPREPLY[@]} -gt 1 ]]; then
        # Several: descriptions are shown beside them.
        local width=0 index
        for line in "\${COMPREPLY[@]}"; do
            line=\${line%%$'\\t'*}
            (( \${#line} > width )) && width=\${#line}
        done
        if [[ $COMP_TYPE == 63 || $COMP_TYPE == 33 ]]; then
            for index in "\${!COMPREPLY[@]}"; do
                line=\${COMPREPLY[index]}
                [[ $line == *$'\\t'* ]] && COMPREPLY[index]=$(printf "%-\${width}s  (%s)" "\${line%%$'\\t'*}" "\${line#*$'\\t'}")
            done
            return
        fi
    fi
    COMPREPLY=("\${COMPREPLY[@]%%$'\\t'*}")
    if [[ \${#COMPREPLY[@]} -eq 0 ]] && ! (( directive & 4 )); then
        compopt -o filenames
        mapfile -t COMPREPLY < <(compgen -f -- "$typed")
    fi
}

__helm_complete_program() { __helm_complete ${skip} '${rest}'; }
__helm_complete_alias() { __helm_complete 0 ''; }

complete -F __helm_complete_program ${program}
[[ $(type -t helm) == file ]] || complete -F __helm_complete_alias helm
`,

  zsh: ({ program, call, rest, skip, request }) => `#compdef ${program}
# zsh completion for helm

__helm_complete() {
    local skip=$1 expected=$2
    local -a typed lines described
    typed=("\${(@)words[2,CURRENT]}")
    if (( skip > 0 )); then
        [[ "\${(j: :)typed[1,skip]}" == "$expected" ]] || return
        typed=("\${(@)typed[skip+1,-1]}")
    fi
    local output directive line word
    output=$(${call} ${request} "\${typed[@]}" 2>/dev/null) || return
    directive=\${output##*:}
    lines=("\${(@f)\${output%:*}}")
    (( directive & 1 )) && return
    for line in $lines; do
        [[ -z $line ]] && continue
        word=\${line%%$'\\t'*}
        word=\${word//:/\\\\:}
        if [[ $line == *$'\\t'* ]]; then described+=("$word:\${line#*$'\\t'}"); else described+=("$word"); fi
    done
    # The program gives values of flags without the flag.
    [[ $typed[-1] == -*=* ]] && compset -P '*='
    if (( \${#described} > 0 )); then
        _describe 'completions' described
    elif (( ! (directive & 4) )); then
        _files
    fi
}

__helm_complete_program() { __helm_complete ${skip} '${rest}' }
__helm_complete_alias() { __helm_complete 0 '' }

compdef __helm_complete_program ${program}
(( $+commands[helm] )) || compdef __helm_complete_alias helm
`,

  fish: ({ program, call, rest, skip, request }) => `# fish completion for helm

function __helm_complete
    set -l skip $argv[1]
    set -l typed (commandline -opc) (commandline -ct)
    set -e typed[1]
    if test $skip -gt 0
        test "$typed[1..$skip]" = "$argv[2]"; or return
        set -e typed[1..$skip]
    end
    set -l lines (${call} ${request} $typed 2>/dev/null)
    set -l directive (string replace ':' '' -- $lines[-1])
    set -e lines[-1]
    test (math "$directive % 2") -eq 1; and return
    # The program gives values of flags without the flag.
    set -l before (string match -r -- '^-[^=]*=' $typed[-1])
    if test (count $lines) -gt 0
        for line in $lines
            printf '%s%s\\n' "$before" $line
        end
    else if test (math "floor($directive / 4) % 2") -eq 0
        __fish_complete_path (commandline -ct)
    end
end

complete -c ${program} -f -a "(__helm_complete ${skip} '${rest}')"
type -q -f helm; or complete -c helm -f -a "(__helm_complete 0 '')"
`,

  powershell: ({ program, call, rest, skip, request }) => `# PowerShell completion for helm

Register-ArgumentCompleter -Native -CommandName '${program}' -ScriptBlock {
    param($WordToComplete, $CommandAst, $CursorPosition)
    $Words = @($CommandAst.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
    if (${skip} -gt 0) {
        if (($Words | Select-Object -First ${skip}) -join ' ' -ne '${rest}') { return }
        $Words = @($Words | Select-Object -Skip ${skip})
    }
    if ($WordToComplete -eq '') { $Words += '""' }
    $Lines = @(& ${call} ${request} @Words 2>$null)
    $Directive = [int]($Lines[-1].TrimStart(':'))
    if ($Directive -band 1) { return }
    $Lines | Select-Object -SkipLast 1 | ForEach-Object {
        $Word, $Description = $_ -split "\`t", 2
        if (-not $Description) { $Description = $Word }
        [System.Management.Automation.CompletionResult]::new($Word, $Word, 'ParameterValue', $Description)
    }
}
`,
};
