# SPDX-License-Identifier: LGPL-2.1-or-later
# Completions of haulierctl(1) for fish.

# The words behind the program that are no options. Which of these take a value is known for those that come before a
# place of which something is asked.
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

# Is it one of these commands? Without one: is there none yet?
function __haulierctl_is
    set -l command (__haulierctl_words)[1]
    if test (count $argv) -eq 0
        test -z "$command"
    else
        contains -- "$command" $argv
    end
end

# Is it one of these commands, and this the place behind it, counted from 1?
function __haulierctl_at
    test (count (__haulierctl_words)) -eq $argv[1] && __haulierctl_is $argv[2..]
end

function __haulierctl_credentials
    set -l words (__haulierctl_words)
    test "$words[1]" = credentials && contains -- "$words[2]" $argv
end

# The jobs of the instance that the line is about, with what they are.
function __haulierctl_jobs
    set -l scope
    for word in (commandline --tokenize --current-process)
        contains -- $word --system --all-users && set --append scope $word
    end
    haulierctl $scope --no-ask-password list 2>/dev/null | string replace --regex '^(\S+) +' '$1\t' | tail -n +2
end

# NAME=VALUE, as much of it as there is.
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

complete -c haulierctl -n __haulierctl_is -a get -d 'Fetch one file'
complete -c haulierctl -n __haulierctl_is -a add -d 'Make a job and print its id'
complete -c haulierctl -n __haulierctl_is -a upload -d 'Send one file'
complete -c haulierctl -n __haulierctl_is -a list -d 'List the unfinished jobs'
complete -c haulierctl -n __haulierctl_is -a show -d 'Show a job and its files'
complete -c haulierctl -n __haulierctl_is -a files -d 'List the files of a job'
complete -c haulierctl -n __haulierctl_is -a errors -d 'Explain why jobs fail'
complete -c haulierctl -n __haulierctl_is -a status -d 'Show the daemon'
complete -c haulierctl -n __haulierctl_is -a reply -d 'Print the answer to an upload'
complete -c haulierctl -n __haulierctl_is -a wait -d 'Wait for a job'
complete -c haulierctl -n __haulierctl_is -a monitor -d 'Print all signals and changes'
complete -c haulierctl -n __haulierctl_is -a suspend -d 'Pause jobs'
complete -c haulierctl -n __haulierctl_is -a resume -d 'Start jobs, or go on'
complete -c haulierctl -n __haulierctl_is -a complete -d 'Give files their names'
complete -c haulierctl -n __haulierctl_is -a cancel -d 'End jobs, delete what they have'
complete -c haulierctl -n __haulierctl_is -a take -d 'Become the owner of jobs'
complete -c haulierctl -n __haulierctl_is -a set -d 'Set properties of a job'
complete -c haulierctl -n __haulierctl_is -a ranges -d 'Ask for pieces of a file'
complete -c haulierctl -n __haulierctl_is -a rename -d 'Change the URL of a file'
complete -c haulierctl -n __haulierctl_is -a validate -d 'Judge a finished file'
complete -c haulierctl -n __haulierctl_is -a headers -d 'Set the headers that a job sends'
complete -c haulierctl -n __haulierctl_is -a credentials -d 'Set or remove credentials'

complete -c haulierctl -s h -l help -d 'Print help'
complete -c haulierctl -n 'not __haulierctl_credentials set' -l user -d 'The daemon of the session'
complete -c haulierctl -l system -d 'The daemon of the machine'
complete -c haulierctl -l all-users -d "Others' jobs too"
complete -c haulierctl -l no-ask-password -d 'Ask nobody for a password'
complete -c haulierctl -l json -d 'Print JSON'
complete -c haulierctl -s q -l quiet -d 'No progress, no hints'
complete -c haulierctl -s v -l verbose -d 'Say which daemon is talked to'
complete -c haulierctl -l version -d 'Print the version'

complete -c haulierctl -n '__haulierctl_is get add' -x -l checksum -a 'sha256: sha512: sha1: md5:' -d 'What the file must have'
complete -c haulierctl -n '__haulierctl_is get add' -x -l mirror -d 'Another URL of the file'
complete -c haulierctl -n '__haulierctl_is get add' -x -l range -d 'Only this OFFSET:LENGTH'
complete -c haulierctl -n '__haulierctl_is get' -x -l sha256 -d 'What the file must have'
complete -c haulierctl -n '__haulierctl_is get upload' -l no-wait -d 'Print the id and leave'
complete -c haulierctl -n '__haulierctl_is add' -l start -d 'Start it at once'
complete -c haulierctl -n '__haulierctl_is add' -l resume -d 'Start it at once'
complete -c haulierctl -n '__haulierctl_is add' -l on-demand -d 'Fetch only what is asked for'
complete -c haulierctl -n '__haulierctl_is upload' -r -F -l reply -d 'Keep the answer in this file'
complete -c haulierctl -n '__haulierctl_is get add upload' -x -l name -d 'What people will see'
complete -c haulierctl -n '__haulierctl_is get add upload' -x -l key -d 'Your own name for the job'
complete -c haulierctl -n '__haulierctl_is get add upload' -x -l description -d 'More about it'
complete -c haulierctl -n '__haulierctl_is get add upload' -x -l priority -a 'foreground high normal low' -d 'How urgent it is'
complete -c haulierctl -n '__haulierctl_is get add upload' -x -l header -d 'A header to send'
complete -c haulierctl -n '__haulierctl_is get add upload' -x -l set -a '(__haulierctl_assignments)' -d 'Any other property'
complete -c haulierctl -n '__haulierctl_is get add upload' -x -l notify-service -d 'Bus service to start and tell'
complete -c haulierctl -n '__haulierctl_is get add upload' -x -l notify-path -d 'Object in that service'
complete -c haulierctl -n '__haulierctl_is get add upload' -x -l notify-flags -a '(__fish_complete_list , __haulierctl_events)' -d 'What to tell'
complete -c haulierctl -n '__haulierctl_at 2 get' -F
complete -c haulierctl -n '__haulierctl_at 1 upload' -F
complete -c haulierctl -n '__haulierctl_is add && test (math (count (__haulierctl_words)) % 2) -eq 0' -F

complete -c haulierctl -n '__haulierctl_is list' -x -l state -a 'suspended queued connecting transferring transient-error error transferred' -d 'Only in this state'
complete -c haulierctl -n '__haulierctl_is show' -l all -d 'Also what is as always'
complete -c haulierctl -n '__haulierctl_is wait' -l complete -d 'Complete it then'
complete -c haulierctl -n '__haulierctl_is ranges' -x -l from -d 'All that is missing, from this OFFSET on'
complete -c haulierctl -n '__haulierctl_is rename' -l prefix -d 'Of all files with this beginning'
complete -c haulierctl -n '__haulierctl_is headers' -x -l from-fd -d 'Read lines from this descriptor'
complete -c haulierctl -n '__haulierctl_is headers' -l write-only -d 'They can never be read back'
complete -c haulierctl -n '__haulierctl_is headers' -l clear -d 'Remove all'
complete -c haulierctl -n '__haulierctl_at 1 show files reply wait errors set ranges rename validate headers' -a '(__haulierctl_jobs)'
complete -c haulierctl -n '__haulierctl_is suspend resume complete cancel take' -a '(__haulierctl_jobs)'
complete -c haulierctl -n '__haulierctl_is set && not __haulierctl_at 1 set' -a '(__haulierctl_assignments)'
complete -c haulierctl -n '__haulierctl_at 3 validate' -a 'yes no'

complete -c haulierctl -n '__haulierctl_at 1 credentials' -a set -d 'Set what a job logs in with'
complete -c haulierctl -n '__haulierctl_at 1 credentials' -a remove -d 'Forget it'
complete -c haulierctl -n '__haulierctl_credentials set' -x -l user -d 'User name'
complete -c haulierctl -n '__haulierctl_credentials set' -x -l password-fd -d 'Read it from this descriptor'
complete -c haulierctl -n '__haulierctl_at 2 credentials' -a '(__haulierctl_jobs)'
complete -c haulierctl -n '__haulierctl_at 3 credentials' -a 'server proxy'
complete -c haulierctl -n '__haulierctl_at 4 credentials' -a 'basic digest ntlm negotiate bearer'
