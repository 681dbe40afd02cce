# SPDX-License-Identifier: LGPL-2.1-or-later
# Completions of haulierctl(1) for bash. The helpers use the local variables of _haulierctl, which calls them.

# Offers the arguments that begin with the typed text.
__haulierctl_offer() {
    mapfile -t COMPREPLY < <(compgen -W "$*" -- "$cur")
}

# The same for the last of several words separated by commas.
__haulierctl_offer_list() {
    local before=${cur%"${cur##*,}"}
    cur=${cur##*,}
    __haulierctl_offer "$1"
    COMPREPLY=("${COMPREPLY[@]/#/$before}")
}

# Offers the jobs of the instance that the command line selects.
__haulierctl_jobs() {
    local word scope=() id _ ids=()
    for word in "${words[@]}"; do
        case "$word $verb" in
            "--user credentials set") ;; # here --user is followed by a user name
            --user\ * | --system\ * | --all-users\ *) scope+=("$word") ;;
        esac
    done
    while read -r id _; do ids+=("$id"); done < <(haulierctl "${scope[@]}" --no-ask-password list 2>/dev/null)
    __haulierctl_offer "${ids[@]:1}" # without the heading
}

# Offers NAME=VALUE. For bash, = ends a word.
__haulierctl_assignment() {
    local -A values=(
        [AutoComplete]='yes no' [BandwidthLimit]= [ClientCertificate]= [Description]= [DisplayName]=
        [DynamicContent]='yes no' [HighPerformance]='yes no' [HttpMethod]= [MaximumDownloadSize]=none
        [MaximumDownloadTime]= [MinimumNotificationInterval]= [MinimumRetryDelay]=
        [NetworkCost]='always no-roaming standard unmetered' [NoProgressTimeout]= [NotBefore]=now
        [NotifyFlags]="$events" [OnDemand]='yes no' [PowerPolicy]='always no-saver ac-only'
        [Priority]="$priorities" [ProxyBypass]= [ProxyList]= [ProxyMode]='preconfigured none override auto'
        [RedirectPolicy]='silent report disallow' [ReplyFileName]= [SecurityFlags]="$security"
    )
    local name=${cur%%=*}
    case $cur in
        NotifyFlags=* | SecurityFlags=*) cur=${cur#*=} && __haulierctl_offer_list "${values[$name]}" ;;
        ClientCertificate=* | ReplyFileName=*) cur=${cur#*=} && _filedir ;;
        *=*) cur=${cur#*=} && __haulierctl_offer "${values[$name]-}" ;;
        *) __haulierctl_offer "${!values[@]}" && COMPREPLY=("${COMPREPLY[@]/%/=}") && compopt -o nospace ;;
    esac
}

# Offers values of an option. Fails if the option takes none, or if any text is possible.
__haulierctl_value() {
    case $prev in
        --priority) __haulierctl_offer "$priorities" ;;
        --set) __haulierctl_assignment ;;
        --notify-flags) __haulierctl_offer_list "$events" ;;
        --state) __haulierctl_offer_list "$states" ;;
        --checksum) __haulierctl_offer sha256: sha512: sha1: md5: && compopt -o nospace ;;
        --reply) _filedir ;;
        *) return 1 ;;
    esac
}

# Offers arguments for a position after the command, counted from 1.
__haulierctl_argument() {
    case $verb in
        list | status | monitor) ;;
        get) (($1 != 2)) || _filedir ;;
        add) (($1 % 2)) || _filedir ;;
        upload) (($1 != 1)) || _filedir ;;
        suspend | resume | complete | cancel | take) __haulierctl_jobs ;;
        credentials) __haulierctl_offer set remove ;;
        *)
            case "$1 $verb" in
                1\ *) __haulierctl_jobs ;;
                '2 credentials '*) __haulierctl_offer server proxy ;;
                '3 credentials '*) __haulierctl_offer basic digest ntlm negotiate bearer ;;
                '3 validate') __haulierctl_offer yes no ;;
                *\ set) __haulierctl_assignment ;;
            esac
            ;;
    esac
}

_haulierctl() {
    local cur prev words cword split
    _init_completion -s -n : || return

    local common='--user --system --all-users --no-ask-password --json --quiet --verbose --help --version'
    local job='--name --key --description --priority --header --set --notify-service --notify-path --notify-flags'
    local file='--checksum --mirror --range'
    local priorities='foreground high normal low'
    local events='transferred error modification file-transferred file-ranges-transferred disable'
    local states='suspended queued connecting transferring transient-error error transferred'
    local security='check-revocation ignore-host-name ignore-dates ignore-unknown-ca ignore-wrong-usage'
    security+=' allow-https-to-http'
    local -A options=(
        [get]="$file --sha256 --no-wait $job"
        [add]="--start --resume --on-demand $file $job"
        [upload]="--reply --no-wait $job"
        [list]=--state [show]=--all [files]= [errors]= [status]= [reply]= [wait]=--complete [monitor]=
        [suspend]= [resume]= [complete]= [cancel]= [take]=
        [set]= [ranges]=--from [rename]=--prefix [validate]= [headers]='--from-fd --write-only --clear'
        [credentials]=
    )
    local verbs=("${!options[@]}")
    options+=(['credentials set']=--password-fd ['credentials remove']=)
    local takes_value=" ${options[get]} --reply --state --from --from-fd --password-fd "
    takes_value=${takes_value/ --no-wait / }

    # Find the command, and the position after it.
    local verb='' place=1 i
    for ((i = 1; i < cword; ++i)); do
        case ${words[i]} in
            --*=*) ;;
            --user) [[ $verb != 'credentials set' ]] || ((++i)) ;;
            -*) [[ $takes_value != *" ${words[i]} "* ]] || ((++i)) ;;
            *)
                if [[ -z $verb ]]; then
                    verb=${words[i]}
                elif [[ $verb == credentials ]]; then
                    verb+=" ${words[i]}"
                else
                    ((++place))
                fi
                ;;
        esac
    done

    if ((i > cword)) || [[ $split == true ]]; then
        __haulierctl_value
    elif [[ $cur == -* ]]; then
        __haulierctl_offer "$common ${options[${verb:-none}]-}"
    elif [[ -z $verb ]]; then
        __haulierctl_offer "${verbs[@]}"
    else
        __haulierctl_argument "$place"
    fi
    return 0
} && complete -F _haulierctl haulierctl
