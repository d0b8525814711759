// The main job of morula as a Nextflow pipeline:
//
//   nextflow run main.nf --movie /data/movie.ome.zarr --result /data/movie.morula [-resume]
//
// Paths must be absolute and the same on every machine. Every run asks the result what is missing, so nothing that is
// done is done again.
params.movie = null
params.result = null
params.options = ''
params.morula = 'morula'

// Exit codes that another attempt may mend; 64, 65 and 78 are not among them.
def again(status) { status in [69, 70, 74, 75] || status >= 128 }

process plan {
    cache false

    output:
    stdout

    script:
    """
    ${params.morula} plan '${params.movie}' -o '${params.result}' ${params.options} --quiet >&2
    ${params.morula} missing '${params.result}' --stage segment --lines
    """
}

process segment {
    cache false
    cpus 1
    maxRetries 3
    errorStrategy { again(task.exitStatus) ? 'retry' : 'finish' }

    input:
    val k

    output:
    val k

    script:
    """
    ${params.morula} segment -o '${params.result}' --index ${k} --workers ${task.cpus} --quiet
    """
}

process link {
    cache false
    maxRetries 3
    errorStrategy { again(task.exitStatus) ? 'retry' : 'finish' }

    input:
    val done

    output:
    stdout

    script:
    """
    ${params.morula} link '${params.result}' --planned --quiet
    """
}

workflow {
    missing = plan().splitText().map { it.trim() }.filter { it }
    link(segment(missing).collect().ifEmpty([])) | view
}
