/**
 * What a shell runs when somebody presses Tab: each asks `mgrant complete`, which answers a word in each line, in zsh and fish with what
 * it is. Where it knows none, the shell offers files. Nothing that was typed is run or expanded.
 */
export const shellScripts: Readonly<Record<string, string>> = {
  // bash breaks words at colons and at =, and completes the last piece alone: pieces without a blank between them are one word.
  bash: `_mgrant() {
  local rest=\${COMP_LINE:0:COMP_POINT} words=() trimmed word i
  for ((i = 0; i <= COMP_CWORD; i++)); do
    trimmed=\${rest#"\${rest%%[![:space:]]*}"}
    word=\${COMP_WORDS[i]}
    [ "$i" -lt "$COMP_CWORD" ] || word=$trimmed
    if [ "$i" -eq 0 ] || [ "$trimmed" != "$rest" ]; then
      words+=("$word")
    else
      words[\${#words[@]}-1]+=$word
    fi
    rest=\${trimmed#"$word"}
  done
  local typed=\${words[\${#words[@]}-1]} piece
  piece=$typed
  case $typed in
  [\\'\\"]*) ;;
  *)
    case $COMP_WORDBREAKS in *:*) piece=\${piece##*:} ;; esac
    case $COMP_WORDBREAKS in *=*) piece=\${piece##*=} ;; esac
    ;;
  esac
  COMPREPLY=()
  while IFS=$'\\t' read -r word _; do
    [ -z "$word" ] || COMPREPLY+=("\${word:\${#typed}-\${#piece}}")
  done < <(mgrant complete -- "\${words[@]:1}" 2>/dev/null </dev/null)
}
complete -o bashdefault -o default -F _mgrant mgrant
`,
  zsh: `#compdef mgrant
_mgrant() {
  local line tab=$'\\t'
  local -a offers
  while IFS= read -r line; do
    offers+=("\${\${line//:/\\\\:}/$tab/:}")
  done < <(mgrant complete -- "\${(@)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null </dev/null)
  if ((\${#offers})); then
    _describe mgrant offers
  else
    _files
  fi
}
if [ "\${funcstack[1]-}" = _mgrant ]; then
  _mgrant "$@"
else
  compdef _mgrant mgrant
fi
`,
  fish: `function __mgrant_offers
  set -l words (commandline -opc) (commandline -ct)
  set -l offers (mgrant complete -- $words[2..-1] 2>/dev/null </dev/null)
  if test (count $offers) -gt 0
    printf '%s\\n' $offers
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c mgrant -f -a '(__mgrant_offers)'
`,
};
