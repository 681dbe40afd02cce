#compdef haulierctl
# SPDX-License-Identifier: LGPL-2.1-or-later
# Completions of haulierctl(1) for zsh.

# The jobs of the instance that the command line selects, with descriptions.
_haulierctl_jobs() {
    local -a scope jobs
    scope=(${(M)typed:#--(system|all-users)})
    jobs=(${(f)"$(_call_program jobs haulierctl $scope --no-ask-password list 2>/dev/null)"})
    shift jobs 2>/dev/null # the heading
    jobs=(${jobs/ ##/:})
    _describe -t jobs job jobs
}

_haulierctl_events() {
    _values -s , event transferred error modification file-transferred file-ranges-transferred disable
}

_haulierctl_states() {
    _values -s , state suspended queued connecting transferring transient-error error transferred
}

# NAME=VALUE
_haulierctl_assignment() {
    if compset -P 'ClientCertificate=' || compset -P 'ReplyFileName='; then
        _files
    elif compset -P 'NotifyFlags='; then
        _haulierctl_events
    elif compset -P 'SecurityFlags='; then
        _values -s , flag check-revocation ignore-host-name ignore-dates ignore-unknown-ca ignore-wrong-usage \
            allow-https-to-http
    elif compset -P 'Priority='; then
        compadd foreground high normal low
    elif compset -P 'NetworkCost='; then
        compadd always no-roaming standard unmetered
    elif compset -P 'PowerPolicy='; then
        compadd always no-saver ac-only
    elif compset -P 'ProxyMode='; then
        compadd preconfigured none override auto
    elif compset -P 'RedirectPolicy='; then
        compadd silent report disallow
    elif compset -P '(AutoComplete|DynamicContent|HighPerformance|OnDemand)='; then
        compadd yes no
    elif compset -P 'MaximumDownloadSize='; then
        compadd none
    elif compset -P 'NotBefore='; then
        compadd now
    elif [[ $PREFIX != *=* ]]; then
        compadd -S = AutoComplete BandwidthLimit ClientCertificate Description DisplayName DynamicContent \
            HighPerformance HttpMethod MaximumDownloadSize MaximumDownloadTime MinimumNotificationInterval \
            MinimumRetryDelay NetworkCost NoProgressTimeout NotBefore NotifyFlags OnDemand PowerPolicy Priority \
            ProxyBypass ProxyList ProxyMode RedirectPolicy ReplyFileName SecurityFlags
    fi
}

_haulierctl_commands() {
    local -a commands=(
        'get:download a file'
        'add:create a job and print its id'
        'upload:upload a file'
        'list:list the unfinished jobs'
        'show:show a job and its files'
        'files:list the files of a job'
        'errors:explain why jobs fail'
        'status:show the state of the daemon'
        'reply:print the reply to an upload'
        'wait:wait for a job'
        'monitor:print signals and property changes'
        'suspend:suspend jobs'
        'resume:start or continue jobs'
        'complete:end jobs and keep their finished files'
        'cancel:end jobs and delete downloaded data'
        'take:become the owner of jobs'
        'set:set properties of a job'
        'ranges:show or request ranges of a file'
        'rename:change the URL of a file'
        'validate:accept or reject a finished file'
        'headers:show or set the headers of a job'
        'credentials:set or remove credentials'
    )
    _describe -t commands command commands
}

# The arguments of "credentials set" and "credentials remove".
_haulierctl_credentials() {
    local -a own
    [[ $1 != set ]] || own=('--user=[user name]:name:' '--password-fd=[read the password from this descriptor]:descriptor:')
    _arguments -s $own ${common:#--user*} '1:job:_haulierctl_jobs' '2:target:(server proxy)' \
        '3:scheme:(basic digest ntlm negotiate bearer)'
}

_haulierctl() {
    local curcontext=$curcontext state line
    local -a common file job typed=($words)
    common=(
        '--user[use the daemon of the session]'
        '--system[use the daemon of the machine]'
        "--all-users[include jobs of other users]"
        '--no-ask-password[do not ask for a password]'
        '--json[print JSON]'
        '(-q --quiet)'{-q,--quiet}'[no progress and no hints]'
        '(-v --verbose)'{-v,--verbose}'[print which daemon is used]'
        '(- *)'{-h,--help}'[print help]'
        '(- *)--version[print the version]'
    )
    file=(
        '--checksum=[checksum that the file must have]:checksum:(sha256\: sha512\: sha1\: md5\:)'
        '*--mirror=[another URL of the file]:URL:_urls'
        '*--range=[download only this range]:OFFSET\:LENGTH:'
    )
    job=(
        '--name=[name for display]:name:'
        '--key=[your own identifier for the job]:key:'
        '--description=[longer description]:text:'
        '--priority=[urgency of the job]:priority:(foreground high normal low)'
        '*--header=[a header to send]:header:'
        '*--set=[any other property]:property:_haulierctl_assignment'
        '--notify-service=[bus service to notify]:name:'
        '--notify-path=[object path in that service]:path:'
        '--notify-flags=[events to notify about]:events:_haulierctl_events'
    )
    _arguments -s -C $common '1:command:_haulierctl_commands' '*::argument:->behind' && return
    [[ $state == behind ]] || return

    curcontext=${curcontext%:*}:haulierctl-$words[1]:
    case $words[1] in
        get) _arguments -s $common $file '--sha256=[checksum that the file must have]:checksum:' \
            '--no-wait[print the id and exit]' $job '1:URL:_urls' '2:file:_files' ;;
        add) _arguments -s $common '--start[start the job at once]' '--resume[start the job at once]' \
            '--on-demand[download only requested ranges]' $file $job '*:URL or file:_files' ;;
        upload) _arguments -s $common '--reply=[store the reply in this file]:file:_files' \
            '--no-wait[print the id and exit]' $job '1:file:_files' '2:URL:_urls' ;;
        list) _arguments -s $common '--state=[only jobs in these states]:state:_haulierctl_states' ;;
        show) _arguments -s $common '--all[include properties with default values]' '1:job:_haulierctl_jobs' ;;
        wait) _arguments -s $common '--complete[complete the job when it is transferred]' '1:job:_haulierctl_jobs' ;;
        files|errors|reply) _arguments -s $common '1:job:_haulierctl_jobs' ;;
        status|monitor) _arguments -s $common ;;
        suspend|resume|complete|cancel|take) _arguments -s $common '*:job:_haulierctl_jobs' ;;
        set) _arguments -s $common '1:job:_haulierctl_jobs' '*:property:_haulierctl_assignment' ;;
        ranges) _arguments -s $common '--from=[request everything missing, beginning here]:OFFSET:' \
            '1:job:_haulierctl_jobs' '2:index:' '*:OFFSET\:[LENGTH]:' ;;
        rename) _arguments -s $common '--prefix[replace a prefix in all URLs]' '1:job:_haulierctl_jobs' \
            '2:index or beginning:' '3:URL:_urls' ;;
        validate) _arguments -s $common '1:job:_haulierctl_jobs' '2:index:' '3:right:(yes no)' ;;
        headers) _arguments -s $common '--from-fd=[read headers from this descriptor]:descriptor:' \
            '--write-only[never allow the headers to be read back]' '--clear[remove all headers]' \
            '1:job:_haulierctl_jobs' '*:header:' ;;
        credentials)
            _arguments -s -C $common \
                '1:action:((set\:"set credentials of a job" remove\:"remove credentials of a job"))' \
                '*::argument:->credentials' && return
            [[ $state != credentials ]] || _haulierctl_credentials $words[1]
            ;;
    esac
}

_haulierctl "$@"
