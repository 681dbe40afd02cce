# SPDX-License-Identifier: LGPL-2.1-or-later
# Completions of haulierctl(1) for fish.

# Prints the words after the program that are neither options nor their values. The list has every option with a value that
# can precede an argument.
function __haulierctl_words
    set -l words
    set -l skip no
    for word in (commandline --tokenize --cut-at-cursor --current-process)[2..]
        if test $skip = yes
            set skip no
            continue
        end
        switch $word
            case --checksum --mirror --range --sha256 --name --key --description --priority --header --set \
                --notify-service --notify-path --notify-flags --reply --state --from --from-fd --password-fd
                set skip yes
            case --user
                test "$words[1..2]" = 'credentials set' && set skip yes
            case '-*'
            case '*'
                set --append words $word
        end
    end
    printf '%s\n' $words
end

# Whether the command is one of the arguments. Without arguments: whether no command was typed yet.
function __haulierctl_is
    set -l command (__haulierctl_words)[1]
    if test (count $argv) -eq 0
        test -z "$command"
    else
        contains -- "$command" $argv
    end
end

# Whether the command is one of the arguments after the first, and the position after it, counted from 1, is the first.
function __haulierctl_at
    test (count (__haulierctl_words)) -eq $argv[1] && __haulierctl_is $argv[2..]
end

function __haulierctl_credentials
    set -l words (__haulierctl_words)
    test "$words[1]" = credentials && contains -- "$words[2]" $argv
end

# Prints the jobs of the instance that the command line selects, with descriptions.
function __haulierctl_jobs
    set -l scope
    for word in (commandline --tokenize --current-process)
        contains -- $word --system --all-users && set --append scope $word
    end
    haulierctl $scope --no-ask-password list 2>/dev/null | string replace --regex '^(\S+) +' '$1\t' | tail -n +2
end

# Prints the properties as NAME=, or as NAME=VALUE if the values are known.
function __haulierctl_assignments
    printf '%s\n' BandwidthLimit= ClientCertificate= Description= DisplayName= HttpMethod= MaximumDownloadSize=none \
        MaximumDownloadTime= MinimumNotificationInterval= MinimumRetryDelay= NoProgressTimeout= NotBefore=now \
        ProxyBypass= ProxyList= ReplyFileName=
    printf '%s\n' {AutoComplete,DynamicContent,HighPerformance,OnDemand}={yes,no}
    printf '%s\n' NetworkCost={always,no-roaming,standard,unmetered} PowerPolicy={always,no-saver,ac-only}
    printf '%s\n' Priority={foreground,high,normal,low} ProxyMode={preconfigured,none,override,auto}
    printf '%s\n' RedirectPolicy={silent,report,disallow}
    printf '%s\n' NotifyFlags=(__haulierctl_events)
    printf '%s\n' SecurityFlags={check-revocation,ignore-host-name,ignore-dates,ignore-unknown-ca} \
        SecurityFlags={ignore-wrong-usage,allow-https-to-http}
end

function __haulierctl_events
    printf '%s\n' transferred error modification file-transferred file-ranges-transferred disable
end

complete -c haulierctl --no-files

complete -c haulierctl -n __haulierctl_is -a get -d 'Download a file'
complete -c haulierctl -n __haulierctl_is -a add -d 'Create a job and print its id'
complete -c haulierctl -n __haulierctl_is -a upload -d 'Upload a file'
complete -c haulierctl -n __haulierctl_is -a list -d 'List the unfinished jobs'
complete -c haulierctl -n __haulierctl_is -a show -d 'Show a job and its files'
complete -c haulierctl -n __haulierctl_is -a files -d 'List the files of a job'
complete -c haulierctl -n __haulierctl_is -a errors -d 'Explain why jobs fail'
complete -c haulierctl -n __haulierctl_is -a status -d 'Show the state of the daemon'
complete -c haulierctl -n __haulierctl_is -a reply -d 'Print the reply to an upload'
complete -c haulierctl -n __haulierctl_is -a wait -d 'Wait for a job'
complete -c haulierctl -n __haulierctl_is -a monitor -d 'Print signals and property changes'
complete -c haulierctl -n __haulierctl_is -a suspend -d 'Suspend jobs'
complete -c haulierctl -n __haulierctl_is -a resume -d 'Start or continue jobs'
complete -c haulierctl -n __haulierctl_is -a complete -d 'End jobs and keep their finished files'
complete -c haulierctl -n __haulierctl_is -a cancel -d 'End jobs and delete downloaded data'
complete -c haulierctl -n __haulierctl_is -a take -d 'Become the owner of jobs'
complete -c haulierctl -n __haulierctl_is -a set -d 'Set properties of a job'
complete -c haulierctl -n __haulierctl_is -a ranges -d 'Show or request ranges of a file'
complete -c haulierctl -n __haulierctl_is -a rename -d 'Change the URL of a file'
complete -c haulierctl -n __haulierctl_is -a validate -d 'Accept or reject a finished file'
complete -c haulierctl -n __haulierctl_is -a headers -d 'Show or set the headers of a job'
complete -c haulierctl -n __haulierctl_is -a credentials -d 'Set or remove credentials'

complete -c haulierctl -s h -l help -d 'Print help'
complete -c haulierctl -n 'not __haulierctl_credentials set' -l user -d 'Use the daemon of the session'
complete -c haulierctl -l system -d 'Use the daemon of the machine'
complete -c haulierctl -l all-users -d "Include jobs of other users"
complete -c haulierctl -l no-ask-password -d 'Do not ask for a password'
complete -c haulierctl -l json -d 'Print JSON'
complete -c haulierctl -s q -l quiet -d 'No progress and no hints'
complete -c haulierctl -s v -l verbose -d 'Print which daemon is used'
complete -c haulierctl -l version -d 'Print the version'

complete -c haulierctl -n '__haulierctl_is get add' -x -l checksum -a 'sha256: sha512: sha1: md5:' -d 'Checksum that the file must have'
complete -c haulierctl -n '__haulierctl_is get add' -x -l mirror -d 'Another URL of the file'
complete -c haulierctl -n '__haulierctl_is get add' -x -l range -d 'Download only this OFFSET:LENGTH'
complete -c haulierctl -n '__haulierctl_is get' -x -l sha256 -d 'Checksum that the file must have'
complete -c haulierctl -n '__haulierctl_is get upload' -l no-wait -d 'Print the id and exit'
complete -c haulierctl -n '__haulierctl_is add' -l start -d 'Start the job at once'
complete -c haulierctl -n '__haulierctl_is add' -l resume -d 'Start the job at once'
complete -c haulierctl -n '__haulierctl_is add' -l on-demand -d 'Download only requested ranges'
complete -c haulierctl -n '__haulierctl_is upload' -r -F -l reply -d 'Store the reply in this file'
complete -c haulierctl -n '__haulierctl_is get add upload' -x -l name -d 'Name for display'
complete -c haulierctl -n '__haulierctl_is get add upload' -x -l key -d 'Your own identifier for the job'
complete -c haulierctl -n '__haulierctl_is get add upload' -x -l description -d 'Longer description'
complete -c haulierctl -n '__haulierctl_is get add upload' -x -l priority -a 'foreground high normal low' -d 'Urgency of the job'
complete -c haulierctl -n '__haulierctl_is get add upload' -x -l header -d 'A header to send'
complete -c haulierctl -n '__haulierctl_is get add upload' -x -l set -a '(__haulierctl_assignments)' -d 'Any other property'
complete -c haulierctl -n '__haulierctl_is get add upload' -x -l notify-service -d 'Bus service to notify'
complete -c haulierctl -n '__haulierctl_is get add upload' -x -l notify-path -d 'Object path in that service'
complete -c haulierctl -n '__haulierctl_is get add upload' -x -l notify-flags -a '(__fish_complete_list , __haulierctl_events)' -d 'Events to notify about'
complete -c haulierctl -n '__haulierctl_at 2 get' -F
complete -c haulierctl -n '__haulierctl_at 1 upload' -F
complete -c haulierctl -n '__haulierctl_is add && test (math (count (__haulierctl_words)) % 2) -eq 0' -F

complete -c haulierctl -n '__haulierctl_is list' -x -l state -a 'suspended queued connecting transferring transient-error error transferred' -d 'Only jobs in this state'
complete -c haulierctl -n '__haulierctl_is show' -l all -d 'Include properties with default values'
complete -c haulierctl -n '__haulierctl_is wait' -l complete -d 'Complete the job when it is transferred'
complete -c haulierctl -n '__haulierctl_is ranges' -x -l from -d 'Request everything missing, beginning at this OFFSET'
complete -c haulierctl -n '__haulierctl_is rename' -l prefix -d 'Replace a prefix in all URLs'
complete -c haulierctl -n '__haulierctl_is headers' -x -l from-fd -d 'Read headers from this descriptor'
complete -c haulierctl -n '__haulierctl_is headers' -l write-only -d 'Never allow the headers to be read back'
complete -c haulierctl -n '__haulierctl_is headers' -l clear -d 'Remove all headers'
complete -c haulierctl -n '__haulierctl_at 1 show files reply wait errors set ranges rename validate headers' -a '(__haulierctl_jobs)'
complete -c haulierctl -n '__haulierctl_is suspend resume complete cancel take' -a '(__haulierctl_jobs)'
complete -c haulierctl -n '__haulierctl_is set && not __haulierctl_at 1 set' -a '(__haulierctl_assignments)'
complete -c haulierctl -n '__haulierctl_at 3 validate' -a 'yes no'

complete -c haulierctl -n '__haulierctl_at 1 credentials' -a set -d 'Set credentials of a job'
complete -c haulierctl -n '__haulierctl_at 1 credentials' -a remove -d 'Remove credentials of a job'
complete -c haulierctl -n '__haulierctl_credentials set' -x -l user -d 'User name'
complete -c haulierctl -n '__haulierctl_credentials set' -x -l password-fd -d 'Read the password from this descriptor'
complete -c haulierctl -n '__haulierctl_at 2 credentials' -a '(__haulierctl_jobs)'
complete -c haulierctl -n '__haulierctl_at 3 credentials' -a 'server proxy'
complete -c haulierctl -n '__haulierctl_at 4 credentials' -a 'basic digest ntlm negotiate bearer'
